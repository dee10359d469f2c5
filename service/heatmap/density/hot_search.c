/* Hot runs of many columns: what side.py and spans.py find in one, for the zones of a map's past.

   Bins are gone through outward from the price. A bin is hot where its heat is at least what the threshold is at its
   distance: `usual` says how dense places so far away usually are, and the gap how much of that counts in this column.

   C columns, N bins, K points of the usual curve; arrays are dense, the last index running fastest. */

#include "../base/wide.h"
#include "heat_scale.h"

/* What is told of a run, in bins of the axis: all of it, its zone, its core, its peak, and whether that is near. */
enum { WHOLE_RUN, ZONE = 2, CORE = 4, PEAK = 6, NEAR = 7, FIELDS = 8 };

struct hot_search {
    int64_t columns, bins, points, outward, capacity;
    /* [C]: the row of each column in `heat`, the first bin outward, bins from a peak to its zone's end, bins of a core */
    const int64_t *row, *origin, *aside, *core;
    /* [C]: the price, its logarithm, how far from it zones are near, and the log price that distances are counted from */
    const double *price, *log_price, *reach, *anchor;
    /* [N]: the middle of each bin, and its log price; [T, N]: heat */
    const double *centre, *place, *heat;
    /* [K]: log distances, and the contrast that is usual there */
    const double *distance, *usual;
    /* [4]: 1 over the softness of the scale, the contrasts that make a bin hot and a run's peak, and how near the gap is
       looked for */
    const double *scale;
    /* [capacity, FIELDS]: the runs; [C]: how many each column has. Past the capacity they are counted alone. */
    int64_t *runs, *count;
};

int64_t hot_search_size(void) { return sizeof(struct hot_search); }

static double size_of(double x) { return x < 0.0 ? -x : x; }
static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

/* One column while it is searched: its heat by bin of the axis, and how much of the usual contrast counts. */
struct column {
    const struct hot_search *all;
    const double *heat;
    int64_t number, origin, length;
    double gap;
};

/* Return the bin of the axis that is so many bins outward. */
static int64_t bin_at(const struct column *one, int64_t outward) {
    return one->all->outward > 0 ? one->origin + outward : one->origin - 1 - outward;
}

/* Return the heat of a bin that is so many bins outward. */
static double heat_of_bin(const struct column *one, int64_t outward) { return one->heat[bin_at(one, outward)]; }

/* Return how empty the map is at the price: 0 as dense as its surroundings, 1 nothing left. */
static double gap_depth(const struct column *one) {
    const struct hot_search *all = one->all;
    double price = all->log_price[one->number], near = all->scale[3], least = 0.5;
    for (int64_t n = one->origin; n < all->bins && size_of(all->place[n] - price) <= near; n++)
        least = one->heat[n] < least ? one->heat[n] : least;
    for (int64_t n = one->origin - 1; n >= 0 && size_of(all->place[n] - price) <= near; n--)
        least = one->heat[n] < least ? one->heat[n] : least;
    return 1.0 - __builtin_sqrt(least / 0.5);
}

/* Return the contrast that is usual so far away: straight lines between the points. */
static double usual_at(const struct hot_search *all, double away) {
    const double *x = all->distance, *y = all->usual;
    int64_t last = all->points - 1, n = 0;
    if (away <= x[0])
        return y[0];
    if (away >= x[last])
        return y[last];
    while (away >= x[n + 1])
        n++;
    return (y[n + 1] - y[n]) / (x[n + 1] - x[n]) * (away - x[n]) + y[n];
}

/* Tell whether a heat makes so many times the usual contrast. */
static int reaches(const struct hot_search *all, double heat, double contrast) {
    if (contrast < 1.0)
        return heat >= 0.5 * contrast * contrast;
    return heat >= 0.5 && heat >= heat_at(contrast, all->scale[0]);
}

/* Write the first bin of the densest part of a zone, so many bins with the peak among them; the nearest of equals. */
static int64_t core_of(const struct column *one, int64_t begin, int64_t end, int64_t peak, int64_t bins) {
    int64_t first = greater(begin, peak - bins + 1), last = lesser(peak, end - bins), found = first;
    double most = -1.0;
    for (int64_t start = first; start <= last; start++) {
        double sum = 0.0;
        for (int64_t n = start; n < start + bins; n++)
            sum += heat_of_bin(one, n);
        if (rounded(sum) > most)
            most = rounded(sum), found = start;
    }
    return found;
}

/* Write half-open bins outward as bins of the axis. */
static void write_span(const struct column *one, int64_t *to, int64_t begin, int64_t end) {
    int rising = one->all->outward > 0;
    to[0] = rising ? one->origin + begin : one->origin - end;
    to[1] = rising ? one->origin + end : one->origin - begin;
}

/* Write a run that is hot enough at its peak. */
static void write_run(const struct column *one, int64_t *run, int64_t begin, int64_t end, int64_t peak) {
    const struct hot_search *all = one->all;
    int64_t aside = all->aside[one->number];
    int64_t first = greater(begin, peak - aside), stop = lesser(end, peak + aside + 1);
    int64_t bins = lesser(all->core[one->number], stop - first), core = core_of(one, first, stop, peak, bins);
    write_span(one, run + WHOLE_RUN, begin, end);
    write_span(one, run + ZONE, first, stop);
    write_span(one, run + CORE, core, core + bins);
    run[PEAK] = bin_at(one, peak);
    run[NEAR] = size_of(all->centre[run[PEAK]] - all->price[one->number]) <= all->reach[one->number];
}

/* Go through a column's bins outward, and write its runs after those that are there; return how many it has. */
static int64_t search(const struct column *one, int64_t there) {
    const struct hot_search *all = one->all;
    double anchor = all->anchor[one->number], most = 0.0;
    int64_t begin = -1, peak = 0, found = 0;
    int is_peak = 0;
    for (int64_t n = 0; n <= one->length; n++) {
        double heat = n < one->length ? heat_of_bin(one, n) : 0.0, usual = 1.0;
        int hot = 0;
        if (n < one->length) {
            usual = 1.0 + one->gap * (usual_at(all, size_of(all->place[bin_at(one, n)] - anchor)) - 1.0);
            hot = reaches(all, heat, usual * all->scale[1]);
        }
        if (hot) {
            if (begin < 0)
                begin = n, peak = n, most = heat, is_peak = 0;
            if (heat > most)
                peak = n, most = heat;
            is_peak = is_peak || reaches(all, heat, usual * all->scale[2]);
        } else if (begin >= 0) {
            if (is_peak && there + found < all->capacity)
                write_run(one, all->runs + (there + found) * FIELDS, begin, n, peak);
            found += is_peak;
            begin = -1;
        }
    }
    return found;
}

/* Write the hot runs of every column, one column after the other, each outward. */
void hot_search(const struct hot_search *all) {
    int64_t there = 0;
    for (int64_t c = 0; c < all->columns; c++) {
        int64_t origin = all->origin[c], length = all->outward > 0 ? all->bins - origin : origin;
        struct column one = {all, all->heat + all->row[c] * all->bins, c, origin, length, 0.0};
        one.gap = gap_depth(&one);
        all->count[c] = search(&one, there);
        there += all->count[c];
    }
}
