"""Reading and writing a PrestaShop shop, on real servers."""
