"""What is wrong with what came, and what is said of it.

book_check  whether an order book is of its market
defects     what is said of rows that were put right or left out
recency     whether the data reach up to the moment asked for
"""
