"""Whether an exchange is asked, or left alone for a while.

back_off  what failed is not asked for again at once, and each time later
breaker   an exchange that failed is left alone, then tried by one call
health    how calls to an exchange went, and whether it is left alone
"""
