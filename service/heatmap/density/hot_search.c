/* Hot runs of many columns: what side.py and spans.py find in one, for the zones of a map's past.

   Bins are gone through outward from the price. A bin is hot where its heat is at least what the threshold is at its
   distance: `usual` says how dense places so far away usually are, and the gap how much of that counts in this column.

   Of a column only the runs that have a bin within a range are looked for, and no heat is worked out beyond what tells
   where they end.

   C columns, N bins, K points of the usual curve; arrays are dense, the last index running fastest. */

#include "../base/wide.h"
#include "column_heat.h"
#include "heat_scale.h"

/* What is told of a run, in bins of the axis: all of it, its zone, its core, its peak, and whether that is near. */
enum { WHOLE_RUN, ZONE = 2, CORE = 4, PEAK = 6, NEAR = 7, FIELDS = 8 };

struct hot_search {
    /* `far`: whether runs that peak beyond the reach are wanted too; `most`: how many runs of a column */
    int64_t columns, bins, points, outward, far, most, capacity;
    /* [C]: the row of each column in the heat, the range of bins of the axis, half-open, the first bin outward, bins from
       a peak to its zone's end, bins of a core */
    const int64_t *row, *begin, *end, *origin, *aside, *core;
    /* [C]: the price, its logarithm, how far from it zones are near, and the log price that distances are counted from */
    const double *price, *log_price, *reach, *anchor;
    /* [N]: the middle of each bin, and its log price */
    const double *centre, *place;
    /* [T, N]: what stands of the side that is searched */
    const double *own;
    const struct column_heat *heat;
    /* [K]: log distances, and the contrast that is usual there */
    const double *distance, *usual;
    /* [4]: 1 over the softness of the scale, the contrasts that make a bin hot and a run's peak, and how near the gap is
       looked for */
    const double *scale;
    /* [capacity, FIELDS]: the runs; [C]: how many each column has. Past the capacity they are counted alone. */
    int64_t *runs, *count;
};

int64_t hot_search_size(void) { return sizeof(struct hot_search); }

static double smaller(double a, double b) { return a < b ? a : b; }
static double size_of(double x) { return x < 0.0 ? -x : x; }
static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

/* One column while it is searched: its place in the heat, and how much of the usual contrast counts. */
struct column {
    const struct hot_search *all;
    int64_t number, row, origin, length;
    double gap;
};

/* Return the bin of the axis that is so many bins outward. */
static int64_t bin_at(const struct column *one, int64_t outward) {
    return one->all->outward > 0 ? one->origin + outward : one->origin - 1 - outward;
}

/* Return the heat of a bin of the axis, and of one that is so many bins outward. */
static double heat_at_bin(const struct column *one, int64_t bin) { return heat_in(one->all->heat, one->row, bin); }
static double heat_of_bin(const struct column *one, int64_t outward) { return heat_at_bin(one, bin_at(one, outward)); }

/* Return how empty the map is at the price: 0 as dense as its surroundings, 1 nothing left. */
static double gap_depth(const struct column *one) {
    const struct hot_search *all = one->all;
    double price = all->log_price[one->number], near = all->scale[3], least = 0.5;
    for (int64_t n = one->origin; n < all->bins && size_of(all->place[n] - price) <= near; n++)
        least = smaller(heat_at_bin(one, n), least);
    for (int64_t n = one->origin - 1; n >= 0 && size_of(all->place[n] - price) <= near; n--)
        least = smaller(heat_at_bin(one, n), least);
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

/* Tell whether any position of the side stands between two bins, half-open. */
static int stands(const struct column *one, int64_t begin, int64_t end) {
    const double *own = one->all->own + one->row * one->all->bins;
    for (int64_t n = begin; n < end; n++)
        if (own[bin_at(one, n)] != 0.0)
            return 1;
    return 0;
}

/* Tell whether a bin is within the reach of the price. */
static int is_near(const struct column *one, int64_t outward) {
    const struct hot_search *all = one->all;
    return size_of(all->centre[bin_at(one, outward)] - all->price[one->number]) <= all->reach[one->number];
}

/* Write a run that is hot enough at its peak, if there is room; return whether it is one of those wanted. */
static int write_run(const struct column *one, int64_t there, int64_t begin, int64_t end, int64_t peak) {
    const struct hot_search *all = one->all;
    int64_t aside = all->aside[one->number];
    int64_t first = greater(begin, peak - aside), stop = lesser(end, peak + aside + 1);
    int near = is_near(one, peak);
    if ((!near && !all->far) || !stands(one, first, stop))
        return 0;
    if (there >= all->capacity)
        return 1;
    int64_t bins = lesser(all->core[one->number], stop - first), core = core_of(one, first, stop, peak, bins);
    int64_t *run = all->runs + there * FIELDS;
    write_span(one, run + WHOLE_RUN, begin, end);
    write_span(one, run + ZONE, first, stop);
    write_span(one, run + CORE, core, core + bins);
    run[PEAK] = bin_at(one, peak);
    run[NEAR] = near;
    return 1;
}

/* Return how many times as dense as its surroundings a bin usually is. */
static double usual_of(const struct column *one, int64_t outward) {
    const struct hot_search *all = one->all;
    double away = size_of(all->place[bin_at(one, outward)] - all->anchor[one->number]);
    return 1.0 + one->gap * (usual_at(all, away) - 1.0);
}

/* Tell whether a bin is hot. */
static int is_hot(const struct column *one, int64_t outward) {
    return reaches(one->all, heat_of_bin(one, outward), usual_of(one, outward) * one->all->scale[1]);
}

/* Go through bins outward, from the beginning of the run that the first lies in to the end of that which the last lies
   in, and write the runs after those that are there; return how many there are. */
static int64_t search(const struct column *one, int64_t from, int64_t to, int64_t there) {
    const struct hot_search *all = one->all;
    double most = 0.0;
    int64_t begin = -1, peak = 0, found = 0, n = from;
    int is_peak = 0;
    if (from < to && is_hot(one, from))
        while (n > 0 && is_hot(one, n - 1))
            n--;
    for (; found < all->most && (n < to || begin >= 0); n++) {
        double heat = n < one->length ? heat_of_bin(one, n) : 0.0, usual = n < one->length ? usual_of(one, n) : 1.0;
        if (n < one->length && reaches(all, heat, usual * all->scale[1])) {
            if (begin < 0)
                begin = n, peak = n, most = heat, is_peak = 0;
            if (heat > most)
                peak = n, most = heat;
            is_peak = is_peak || reaches(all, heat, usual * all->scale[2]);
        } else if (begin >= 0) {
            found += is_peak && write_run(one, there + found, begin, n, peak);
            begin = -1;
        } else if (!all->far && !is_near(one, n)) {
            break;
        }
    }
    return found;
}

/* Write the hot runs of every column, one column after the other, each outward. */
void hot_search(const struct hot_search *all) {
    int64_t there = 0;
    for (int64_t c = 0; c < all->columns; c++) {
        int64_t origin = all->origin[c], length = all->outward > 0 ? all->bins - origin : origin;
        int64_t from = all->outward > 0 ? all->begin[c] - origin : origin - all->end[c];
        int64_t to = all->outward > 0 ? all->end[c] - origin : origin - all->begin[c];
        struct column one = {all, c, all->row[c], origin, length, 0.0};
        one.gap = gap_depth(&one);
        all->count[c] = search(&one, greater(from, 0), lesser(to, length), there);
        there += all->count[c];
    }
}
