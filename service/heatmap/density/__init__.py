"""How dense a map is along the price, and where it stands out."""
