"""Pictures: a map or its zones as PNG, drawn with Pillow and the font that comes in it.

looks         colours, from the viewer's own palette.json
ink           text, lines and tints on one image
canvas        what everything is drawn with
frame         where prices and columns lie on it
scales        the prices and times that axes name, and how figures are written
cells         the map's cells as pixels
bars          candles over the columns
zone_boxes    zones beside the newest column
overlay       what lies over either picture
lettering     title, legend and caption
heatmap_png   a map over time
zones_png     what stands now, with its zones told in words
"""
