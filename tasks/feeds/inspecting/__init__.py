"""What an undescribed file probably is: for a person who writes its mapping."""
