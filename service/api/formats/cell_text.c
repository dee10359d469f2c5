/* The text of cells: a grid whose cells take few different values, written as JSON from a table of their texts.

   cell_text.py does the same in numpy and says what each array is.

   T columns, B bins, K texts; arrays are dense, the last index running fastest. */

#include <string.h>

#include "../../heatmap/base/wide.h"

/* Bytes that a text is given in the table, its comma included. */
enum { ROOM = 16 };

struct cell_text {
    int64_t columns, bins, kinds, lowest, changes;
    /* [T, B], and what a cell is multiplied with and divided by: [2] */
    const double *cells, *scale;
    /* [K, 2], ROOM bytes of each text, and how many of them count: [K] */
    const int64_t *text, *length;
    /* the column before: [B], zeros at first; what is written, and its bytes: [1] */
    int64_t *before, *written, *size;
};

int64_t cell_text_size(void) { return sizeof(struct cell_text); }

/* Added, it leaves the nearest whole number, of halves the even one, in the low bits. */
static const double WHOLE = 6755399441055744.0;

/* Write the grid, or what each column has more or less than the one before it. */
void write_cells(const struct cell_text *all) {
    const double times = all->scale[0], per = all->scale[1];
    const int64_t bins = all->bins, last = all->kinds - 1, lowest = all->lowest, changes = all->changes;
    const int64_t *restrict length = all->length;
    const char *restrict text = (const char *)all->text;
    int64_t *restrict before = all->before;
    char *restrict to = (char *)all->written;
    *to++ = '[';
    for (int64_t t = 0; t < all->columns; t++) {
        const double *restrict cell = all->cells + t * bins;
        *to++ = '[';
        for (int64_t b = 0; b < bins; b++) {
            union {
                double number;
                int64_t bits;
            } whole = {cell[b] * times / per + WHOLE};
            int64_t number = (int32_t)whole.bits, kind = number - lowest;
            if (changes) {
                kind -= before[b];
                before[b] = number;
            }
            kind = kind < 0 ? 0 : kind > last ? last : kind;
            memcpy(to, text + ROOM * kind, ROOM);
            to += length[kind];
        }
        /* the last comma of a list is its end */
        to[-1] = ']';
        *to++ = ',';
    }
    to[-1] = ']';
    *all->size = to - (char *)all->written;
}
