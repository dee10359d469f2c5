/* The heat of columns: two averages of each place's surroundings, and what their ratio comes to.

   heat_loop.py does the same in numpy and says what each array is. Sums run in the order written here and no product is
   fused with a sum, so that every compiler and processor gives the same bytes, and the same as numpy. Wider registers
   work on more places at once, each place in the same order.

   T columns, N places, B bins; arrays are dense, the last index running fastest. */

#include <string.h>

#include "../base/wide.h"
#include "column_heat.h"
#include "heat_scale.h"

/* BLOCK places are summed at once; four in one register, or two in each of two. */
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

int64_t column_heat_size(void) { return sizeof(struct column_heat); }
int64_t wanted_heat_size(void) { return sizeof(struct wanted_heat); }

/* Make ready to find heat: no column is in hand, and what both averages are divided by is known. */
void begin_heat(const struct column_heat *all) {
    int64_t reach = all->narrow_reach > all->broad_reach ? all->narrow_reach : all->broad_reach;
    int64_t whole = in_blocks(all->length);
    double *values = all->padded + reach, *share = all->share;
    for (int64_t n = -reach; n < whole + BLOCK + reach; n++)
        values[n] = n >= 0 && n < all->length ? 1.0 : 0.0;
    sum_around(values, all->narrow, all->narrow_reach, whole, all->near);
    sum_around(values, all->broad, all->broad_reach, whole, share);
    for (int64_t n = 0; n < whole; n++)
        share[n] = n < all->length ? share[n] / all->near[n] : 1.0;
    *all->in_hand = -1;
}

/* Take a column in hand: what stands of both sides together, and the most of it. */
static const double *taken(const struct column_heat *all, int64_t column) {
    int64_t length = all->length, reach = all->narrow_reach > all->broad_reach ? all->narrow_reach : all->broad_reach;
    double *values = all->padded + reach;
    if (*all->in_hand != column) {
        const double *one = all->long_side + column * length, *other = all->short_side + column * length;
        for (int64_t n = 0; n < length; n++)
            values[n] = one[n] + other[n];
        *all->most = largest_of(values, length, TINY);
        *all->in_hand = column;
    }
    return values;
}

/* Write the heat of some blocks of the column in hand; places around which less stands than `least` are empty. */
static void write_heat(const struct column_heat *all, int64_t column, int64_t first, int64_t last, double least) {
    int64_t from = first * BLOCK, to = (last + 1) * BLOCK, end = to < all->length ? to : all->length;
    compare(all->near, all->around, all->share + from, least, 1.0 / all->softness, to - from);
    for (int64_t n = from; n < end; n++)
        all->heat[column * all->length + n] = all->near[n - from] / DIGITS;
    for (int64_t block = first; block <= last; block++)
        all->known[column * all->blocks + block] = 1;
}

/* No average exceeds the most that stands in a place, so what holds more than its share of that is not empty, and what
   holds nothing is. Where so little stands that it could be either, the whole column is summed to tell. */
void find_heat(const struct column_heat *all, int64_t column, int64_t first, int64_t last) {
    const double *values = taken(all, column);
    int64_t from = first * BLOCK, length = (last + 1 - first) * BLOCK;
    sum_around(values + from, all->narrow, all->narrow_reach, length, all->near);
    sum_around(values + from, all->broad, all->broad_reach, length, all->around);
    int unsure = 0;
    for (int64_t n = 0; n < length; n++)
        unsure |= all->around[n] > 0.0 && all->around[n] <= 2.0 * NOTHING * *all->most;
    if (!unsure) {
        write_heat(all, column, first, last, 0.0);
    } else if (length < all->blocks * BLOCK) {
        find_heat(all, column, 0, all->blocks - 1);
    } else {
        write_heat(all, column, first, last, NOTHING * largest_of(all->around, all->length, TINY));
    }
}

/* Work out the heat of all places that are wanted. */
void find_wanted_heat(const struct wanted_heat *all) {
    for (int64_t i = 0; i < all->ranges; i++)
        for (int64_t block = all->begin[i] / BLOCK; block * BLOCK < all->end[i]; block++)
            if (!all->of->known[all->column[i] * all->of->blocks + block])
                find_heat(all->of, all->column[i], block, block);
}
