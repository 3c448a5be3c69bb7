"""The driver that reaches a shop through PrestaShop's Webservice, as the shop's own program reads and writes it."""
