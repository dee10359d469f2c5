/* The heat of a map's columns, worked out where it is looked at: of a column no more places than are asked for, and each
   once. column_heat.py has the arrays. */

#include <stdint.h>

/* Places whose heat is worked out together. */
enum { BLOCK = 16 };

struct column_heat {
    int64_t length, blocks, narrow_reach, broad_reach;
    double softness;
    /* [T, N]: what stands of either side; the weights of two averages from their middle outward */
    const double *long_side, *short_side, *narrow, *broad;
    /* [T, N], and [T, N in blocks]: 1 where a block of it is known */
    double *heat;
    int64_t *known;
    /* [1] each: which column `padded` holds, and the most that stands in a place of it */
    int64_t *in_hand;
    double *most;
    /* room to work in, with N rounded up to whole blocks, and one more: [reach + N + reach], and [N] each. `share` is
       known: what both averages are divided by, for there is less of it at the rims. */
    double *padded, *share, *near, *around;
};

/* Places whose heat is wanted: n half-open ranges of a column each. */
struct wanted_heat {
    int64_t ranges;
    const struct column_heat *of;
    /* [n] each */
    const int64_t *column, *begin, *end;
};

/* Work out the heat of some blocks of a column, first to last. */
void find_heat(const struct column_heat *all, int64_t column, int64_t first, int64_t last);

/* Return the heat of one place. */
static inline double heat_in(const struct column_heat *all, int64_t column, int64_t place) {
    int64_t block = place / BLOCK;
    if (!all->known[column * all->blocks + block])
        find_heat(all, column, block, block);
    return all->heat[column * all->length + place];
}
