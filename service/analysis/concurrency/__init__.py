"""How much work goes on at once: threads for each exchange, places for each request, and what is turned away.

admission        what is let in to be computed
bulkheads        threads and a queue for each exchange
cost             what an answer would take, estimated
parallel         loads side by side, none held back by another
seats            how many requests wait for exchanges at once

Admission counts work, seats count requests that wait, bulkheads count loads of one exchange. What is refused before all
of these, in service/api/edge/refusals, is counted by request alone. docs/turned-away.md has one table of all.
"""
