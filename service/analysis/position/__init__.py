"""A single position: what is asked of it, the terms that it is under, and what to say of both.

hedge_leg   the other leg of a hedge, found from the caller's figures
remarks     what a question leaves unused, and what is not sure of the terms
request     a position as the caller describes it
terms       which rule, tiers and fee apply to it
"""
