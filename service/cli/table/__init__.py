"""Tables of bars as people have them, in the order in which one is read.

source       the text of a file or of standard input
sheet        where the header is, what separates cells, the rows with their lines
names        what columns may be called
columns      which column of a sheet holds what
numbers      amounts: decimal marks, cells that say nothing
times        moments: ISO 8601, epochs, dates with the day or the month first
order        rows by time: newest first, twice, out of place, missing
rows         what each row must hold, and what of it has one reading
doubts       what cannot be right of a whole table: units, steps, rows that repeat
bars         all of it: a table read
liquidations realised liquidations beside the bars
predictions  what is written back
"""
