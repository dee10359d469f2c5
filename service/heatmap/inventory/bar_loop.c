/* The main loop of the model, bar by bar: sweep what the price reached, close, open so that open interest is met.

   bar_loop.py does the same in numpy and says what each array is; kernel.py prepares them. Sums run in the order
   written here and no product is fused with a sum (-ffp-contract=off), so that every compiler and processor gives the
   same bytes, and the same as numpy.

   T bars, P populations, S slots, C columns; each grid has E prices. Arrays are dense, the last index running fastest. */

#include "../base/wide.h"

struct grid {
    int64_t prices, adds;
    /* [E], [S], [E - 1], [C, E - 1] */
    const int64_t *slot;
    const double *past;
    const int64_t *first, *last;
    const double *worth;
    double *columns;
    /* room to work in: [E] */
    double *at;
};

struct side {
    int64_t bars, populations, slots, most_bands;
    /* the course: [T], [P, T, most_bands] and [P, T] */
    const int64_t *reach_slot;
    const double *reach_past;
    const double *survival, *target, *levered;
    /* the bands of closing: [P] and [P, most_bands] */
    const int64_t *band_count, *band_end;
    /* how many slots still count: [P, T] */
    const int64_t *depth;
    /* the deposits: [T], [P, T] and [P] tables */
    const int64_t *close_slot;
    const double *close_past;
    const double *density, *at_close;
    const int64_t *end, *near, *far;
    const double *const *within;
    /* the grids, and the last slot that their prices lie in */
    int64_t columns, deepest, grids;
    const struct grid *grid;
    /* the state: [P, S], [1], [P], [P, 5, T] */
    double *held;
    int64_t *front;
    double *past;
    double *record;
    /* room to work in: [S + 1], [most_bands] and [most_bands] */
    double *before, *shares;
    int64_t *ends;
};

/* what is recorded of each bar */
enum { SWEPT, OPENED, LEVERED, UNLEVERED, ENTERED, RECORDS };

/* How large this library takes them to be: what loads it can tell whether they agree. */
int64_t side_size(void) { return sizeof(struct side); }
int64_t grid_size(void) { return sizeof(struct grid); }

INLINE double larger(double a, double b) { return a > b ? a : b; }

INLINE int64_t clamped(int64_t n, int64_t low, int64_t high) { return n < low ? low : n > high ? high : n; }

/* Take out of one row what lies at or before a place, and return how much that is. */
INLINE double sweep(double *row, int64_t front, double *past, int64_t slot, double reach) {
    double swept = 0.0;
    if (slot < front)
        return swept;
    if (slot > front) {
        for (int64_t n = front; n < slot; n++) {
            swept += row[n];
            row[n] = 0.0;
        }
        *past = 0.0;
    }
    double gone = larger(reach - *past, 0.0) / (1.0 - *past) * row[slot];
    row[slot] -= gone;
    *past = larger(*past, reach);
    return swept + gone;
}

INLINE void shrink(double *row, int64_t begin, int64_t end, double survival) {
    for (int64_t n = begin; n < end; n++)
        row[n] *= survival;
}

/* Leave what survives of the slots, and add what a bar put there. */
INLINE void shrink_and_add(double *restrict row, const double *near, const double *far, int64_t begin, int64_t end,
                           double survival, double density) {
    for (int64_t n = begin; n < end; n++)
        row[n] = row[n] * survival + density * (near[n] - far[n]);
}

/* What a bar leaves of one row and adds to it. */
struct change {
    int64_t bands;
    /* where each band ends, and the share of it that is left */
    const int64_t *end;
    const double *share;
};

/* Return the sum of a row: every fourth one by one, then the four sums. */
INLINE double lanes_summed(const double *row, int64_t count) {
    double lane[4] = {0.0, 0.0, 0.0, 0.0};
    int64_t n = 0;
    for (; n + 3 < count; n += 4)
        for (int i = 0; i < 4; i++)
            lane[i] += row[n + i];
    for (int i = 0; n < count; n++, i++)
        lane[i] += row[n];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* Write where each band of closing ends and the share of it that is left, and what is left of all with leverage and
   without; all in proportion less where more than the target would be left. Return that. */
INLINE struct change close_by_distance(const struct side *side, int64_t t, int64_t p, int64_t front, double *levered,
                                       double *unlevered) {
    int64_t bands = side->band_count[p], bar = p * side->bars + t, begin = front, *ends = side->ends;
    const int64_t *band_end = side->band_end + p * side->most_bands;
    const double *share = side->survival + bar * side->most_bands;
    double *row = side->held + p * side->slots, *shares = side->shares, inside = 0.0, left = 0.0;
    for (int64_t j = 0; j < bands; j++)
        ends[j] = begin = clamped(side->close_slot[t] + band_end[j], begin, side->depth[bar]);
    begin = front;
    for (int64_t j = 0; j < bands - 1; j++) {
        double amount = lanes_summed(row + begin, ends[j] - begin);
        inside += amount;
        left += amount * share[j];
        begin = ends[j];
    }
    /* not summed: how far the lattice reaches must not show */
    left += larger(*levered - inside, 0.0) * share[bands - 1];
    double without = *unlevered * share[bands - 1], target = side->target[bar];
    double scale = left + without > target ? target / (left + without) : 1.0;
    for (int64_t j = 0; j < bands; j++)
        shares[j] = share[j] * scale;
    *levered = left * scale;
    *unlevered = without * scale;
    return (struct change){bands, ends, shares};
}

/* Leave of one row, from `begin` on, what survives. */
INLINE void leave(double *row, int64_t begin, struct change change) {
    for (int64_t j = 0; j < change.bands; begin = change.end[j++])
        shrink(row, begin, change.end[j], change.share[j]);
}

/* Leave of one row what survives bar t, and add what it opened with leverage. `front` is where the sweep ended. */
INLINE void close_and_open(const struct side *side, int64_t t, int64_t p, int64_t front, struct change change,
                           double entered) {
    int64_t bar = p * side->bars + t, close = side->close_slot[t];
    int64_t begin = close < front ? close : front, next = close + 1, last = clamped(side->end[bar], next, side->depth[bar]);
    double *row = side->held + p * side->slots, *past = side->past + p;
    const double *near = side->within[p] + side->near[bar], *far = side->within[p] + side->far[bar];
    double close_past = side->close_past[t], density = entered * side->density[bar];

    for (int64_t j = 0; j < change.bands; j++) {
        int64_t end = change.end[j], from = clamped(next, begin, end), to = clamped(last, from, end);
        shrink(row, begin, from, change.share[j]);
        shrink_and_add(row, near, far, from, to, change.share[j], density);
        shrink(row, to, end, change.share[j]);
        begin = end;
    }

    double old = row[close], added = entered * side->at_close[bar];
    row[close] = old + added;
    if (close < front) {
        *past = close_past;
    } else if (close == front) {
        /* both lie evenly as one from here on: with the density of both at the slot's end, holding what both held */
        double both = old / (1.0 - *past) + added / (1.0 - close_past);
        if (both > 0.0)
            *past = 1.0 - (old + added) / both;
    }
}

/* Write what stands before each of the slots begin + 1 .. end + 1, counted from `begin`. Within each four it is summed
   apart from what lies before them, so that the sums need not wait for each other. */
INLINE void sum_up(const struct side *side, int64_t begin, int64_t end, double *restrict before) {
    int64_t populations = side->populations, slots = side->slots, n = begin;
    double total = 0.0, four[4];
    before[begin] = 0.0;
    for (; n + 3 <= end; n += 4) {
        const double *held = side->held + n;
        for (int i = 0; i < 4; i++)
            four[i] = held[i];
        for (int64_t p = 1; p < populations; p++)
            for (int i = 0; i < 4; i++)
                four[i] += held[p * slots + i];
        for (int i = 1; i < 4; i++)
            four[i] += four[i - 1];
        for (int i = 0; i < 4; i++)
            before[n + i + 1] = total + four[i];
        total += four[3];
    }
    for (double sum = 0.0; n <= end; n++) {
        double here = side->held[n];
        for (int64_t p = 1; p < populations; p++)
            here += side->held[p * slots + n];
        sum += here;
        before[n + 1] = total + sum;
    }
}

/* Write what stands between the prices, times its worth, into one column, or add it. Before the front there is nothing
   to sum. */
INLINE void fill(const struct side *side, const struct grid *grid, double *restrict column) {
    int64_t prices = grid->prices, front = *side->front;
    int rising = grid->slot[0] <= grid->slot[prices - 1];
    /* the prices that do not lie before the front, and the bins that reach one of them */
    int64_t from = rising ? grid->first[front] : 0, to = rising ? prices : grid->last[front];
    int64_t bin = from > 0 ? from - 1 : 0, last_bin = to < prices ? to : prices - 1;
    double *before = side->before, *at = grid->at;
    at[bin] = at[last_bin] = 0.0;
    for (int64_t e = from; e < to; e++) {
        int64_t n = grid->slot[e];
        at[e] = before[n] + grid->past[e] * (before[n + 1] - before[n]);
    }
    if (grid->first[front] < grid->last[front]) {
        double density = 0.0;
        for (int64_t p = 0; p < side->populations; p++)
            density += side->held[p * side->slots + front] / (1.0 - side->past[p]);
        for (int64_t e = grid->first[front]; e < grid->last[front]; e++)
            at[e] = larger(before[front + 1] - (1.0 - grid->past[e]) * density, before[front]);
    }
    if (grid->adds) {
        for (int64_t e = bin; e < last_bin; e++)
            column[e] += larger((at[e + 1] - at[e]) * grid->worth[e], 0.0);
        return;
    }
    for (int64_t e = 0; e < bin; e++)
        column[e] = 0.0;
    for (int64_t e = bin; e < last_bin; e++)
        column[e] = larger((at[e + 1] - at[e]) * grid->worth[e], 0.0);
    for (int64_t e = last_bin; e < prices - 1; e++)
        column[e] = 0.0;
}

/* Fill in one column of every grid. What stands before each slot is summed once for all of them, and always from the
   first slot on, or as before the front there is nothing, from there: so no grid's sums hang on another's. */
INLINE void fill_in(const struct side *side, int64_t column) {
    sum_up(side, *side->front / 4 * 4, side->deepest, side->before);
    for (const struct grid *grid = side->grid; grid < side->grid + side->grids; grid++)
        fill(side, grid, grid->columns + column * (grid->prices - 1));
}

/* Take the side through bar t. */
INLINE void step(const struct side *side, int64_t t) {
    int64_t populations = side->populations, bars = side->bars, reach = side->reach_slot[t];
    int64_t front = reach > *side->front ? reach : *side->front;
    int opens = 0;
    for (int64_t p = 0; p < populations; p++)
        opens |= side->levered[p * bars + t] > 0.0;
    for (int64_t p = 0; p < populations; p++) {
        int64_t bar = p * bars + t;
        double *record = side->record + p * RECORDS * bars + t, *row = side->held + p * side->slots;
        double levered = t ? record[LEVERED * bars - 1] : 0.0, unlevered = t ? record[UNLEVERED * bars - 1] : 0.0;

        double swept = sweep(row, *side->front, side->past + p, reach, side->reach_past[t]);
        double left = larger(levered - swept, 0.0), without = unlevered;
        struct change change = {1, side->depth + bar, side->survival + bar * side->most_bands};
        if (side->band_count[p] > 1) {
            change = close_by_distance(side, t, p, front, &left, &without);
        } else {
            left *= *change.share;
            without *= *change.share;
        }
        double opened = larger(side->target[bar] - left - without, 0.0), entered = side->levered[bar] * opened;
        if (opens)
            close_and_open(side, t, p, front, change, entered);
        else
            leave(row, front, change);

        record[SWEPT * bars] = swept;
        record[OPENED * bars] = opened;
        record[LEVERED * bars] = left + entered;
        record[UNLEVERED * bars] = without + opened - entered;
        record[ENTERED * bars] = entered;
    }
    *side->front = opens && side->close_slot[t] < front ? side->close_slot[t] : front;
}

/* Take the side through all its bars, and fill in the columns of the last ones. */
WIDE void run(const struct side *side) {
    for (int64_t t = 0; t < side->bars; t++) {
        step(side, t);
        int64_t column = t - (side->bars - side->columns);
        if (column >= 0)
            fill_in(side, column);
    }
}
