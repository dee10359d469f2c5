/* The heat of columns: two averages of each place's surroundings, and what their ratio comes to.

   heat_loop.py does the same in numpy and says what each array is. Sums run in the order written here and no product is
   fused with a sum, so that every compiler and processor gives the same bytes, and the same as numpy. Wider registers
   work on more places at once, each place in the same order.

   T columns, N places, B bins; arrays are dense, the last index running fastest. */

#include <string.h>

#include "../base/wide.h"
#include "heat_scale.h"

/* Places that are summed at once; four in one register, or two in each of two. */
enum { BLOCK = 16 };
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
#define at(place) (*(four *)(place))

struct heat {
    int64_t columns, length, bins, narrow_reach, broad_reach;
    /* [T, N], the weights of two averages from their middle outward, and how soft the scale is above 1: [1] */
    const double *amounts, *narrow, *broad, *softness;
    /* for bins: where their edges lie, and how wide they are; [B + 1], [B + 1], [B] */
    const int64_t *below;
    const double *part, *width;
    /* [T, N], or [T, B] where there are bins */
    double *heat;
    /* room to work in, with N rounded up to whole blocks, and one more: [reach + N + reach], and [N] each */
    double *padded, *share, *near, *around;
};

int64_t heat_size(void) { return sizeof(struct heat); }

/* Below this share of the fullest surroundings a place is empty, whatever rounding says. */
static const double NOTHING = 1e-12, TINY = 2.2250738585072014e-308;

static double smaller(double a, double b) { return a < b ? a : b; }

static int64_t in_blocks(int64_t length) { return (length + BLOCK - 1) / BLOCK * BLOCK; }

/* Write the weighted sums around each place, whole blocks of them. */
WIDE static void sum_around(const double *values, const double *weight, int64_t reach, int64_t length, double *sums) {
    for (int64_t n = 0; n < length; n += BLOCK) {
        const double *here = values + n;
        four one = *weight * at(here), two = *weight * at(here + 4), three = *weight * at(here + 8),
             last = *weight * at(here + 12);
        for (int64_t k = 1; k <= reach; k++) {
            one += weight[k] * (at(here - k) + at(here + k));
            two += weight[k] * (at(here + 4 - k) + at(here + 4 + k));
            three += weight[k] * (at(here + 8 - k) + at(here + 8 + k));
            last += weight[k] * (at(here + 12 - k) + at(here + 12 + k));
        }
        at(sums + n) = one;
        at(sums + n + 4) = two;
        at(sums + n + 8) = three;
        at(sums + n + 12) = last;
    }
}

/* Return the largest of values, or `most`. */
WIDE static double largest_of(const double *values, int64_t length, double most) {
    double found[BLOCK];
    for (int64_t k = 0; k < BLOCK; k++)
        found[k] = most;
    int64_t whole = length / BLOCK * BLOCK;
    for (int64_t n = 0; n < whole; n += BLOCK)
        for (int64_t k = 0; k < BLOCK; k++)
            found[k] = larger(values[n + k], found[k]);
    for (int64_t n = whole; n < length; n++)
        found[0] = larger(values[n], found[0]);
    for (int64_t k = 0; k < BLOCK; k++)
        most = larger(found[k], most);
    return most;
}

/* Write the heat of each place, in units of its last digit, in place of what lies near it, by what lies around it. */
WIDE static void compare(double *restrict near, const double *restrict around, const double *restrict share,
                         double least, double steepness, int64_t length) {
    for (int64_t n = 0; n < length; n++) {
        double filled = around[n] > least ? around[n] : 1.0, ratio = near[n] * share[n] / filled;
        double contrast = around[n] > least ? ratio : 0.0;
        near[n] = units_of(heat_at(contrast, steepness));
    }
}

/* Write the mean heat of each bin: over log price, of what it covers; `units` begins at the first edge's place.
   Units are whole, so that no sum of them is rounded. */
static void write_means(const struct heat *all, const double *units, double *restrict means) {
    int64_t first = all->below[0], n = 0, sum = 0;
    double before = 0.0;
    for (int64_t e = 0; e <= all->bins; e++) {
        for (; n < all->below[e] - first; n++)
            sum += (int64_t)units[n];
        double here = (double)sum + all->part[e] * units[n];
        if (e > 0)
            means[e - 1] = smaller(larger((here - before) / (DIGITS * all->width[e - 1]), 0.0), 1.0);
        before = here;
    }
}

/* Write the heat of every column, or its mean over bins, which is read no farther than they reach. */
void heat_of(const struct heat *all) {
    int64_t length = all->length, whole = in_blocks(length);
    int64_t reach = all->narrow_reach > all->broad_reach ? all->narrow_reach : all->broad_reach;
    int64_t first = all->bins > 0 ? all->below[0] : 0, last = all->bins > 0 ? all->below[all->bins] + 1 : length;
    int64_t shown = last - first, blocks = in_blocks(shown);
    double *values = all->padded + reach, *near = all->near, *around = all->around, *share = all->share;
    double steepness = 1.0 / *all->softness;
    for (int64_t n = -reach; n < whole + BLOCK + reach; n++)
        values[n] = n >= 0 && n < length ? 1.0 : 0.0;
    sum_around(values + first, all->narrow, all->narrow_reach, blocks, near);
    sum_around(values + first, all->broad, all->broad_reach, blocks, share);
    /* what both averages are divided by: there is less of it at the rims */
    for (int64_t n = 0; n < blocks; n++)
        share[n] = n < shown ? share[n] / near[n] : 1.0;
    for (int64_t t = 0; t < all->columns; t++) {
        memcpy(values, all->amounts + t * length, (size_t)length * sizeof *values);
        sum_around(values + first, all->narrow, all->narrow_reach, blocks, near);
        sum_around(values + first, all->broad, all->broad_reach, blocks, around);
        compare(near, around, share, NOTHING * largest_of(around, shown, TINY), steepness, blocks);
        if (all->bins > 0) {
            write_means(all, near, all->heat + t * all->bins);
            continue;
        }
        for (int64_t n = 0; n < length; n++)
            all->heat[t * length + n] = near[n] / DIGITS;
    }
}
