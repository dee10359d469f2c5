/* The flat map of one side, bar by bar: what a bar sweeps is emptied, and what lies beyond its close refills.

   refilling.py does the same in numpy and says what each array is. Sums run cell by cell, so that both give the same
   bytes. T bars, N cells. */

#include "../base/wide.h"

struct flat {
    int64_t bars, cells;
    /* [T] twice, [1] */
    const int64_t *at_close, *at_worst;
    const double *refill;
    /* room to work in, all full: [N]; and [T] */
    double *full, *fullness;
};

int64_t flat_size(void) { return sizeof(struct flat); }

/* Return the sum of some cells in numpy's order: pairwise, and in eight lanes where there are no more than LANED. */
static double summed(const double *full, int64_t count) {
    enum { LANES = 8, LANED = 128 };
    if (count > LANED) {
        int64_t half = count / 2 - count / 2 % LANES;
        return summed(full, half) + summed(full + half, count - half);
    }
    double sum = 0.0;
    int64_t n = 0;
    if (count >= LANES) {
        double lane[LANES] = {0.0};
        for (; n + LANES <= count; n += LANES)
            for (int k = 0; k < LANES; k++)
                lane[k] += full[n + k];
        sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    }
    for (; n < count; n++)
        sum += full[n];
    return sum;
}

/* Write how full the map is that each bar but the first sweeps. */
WIDE void flat_map(const struct flat *all) {
    double *full = all->full, refill = all->refill[0];
    for (int64_t t = 1; t < all->bars; t++) {
        int64_t begin = all->at_close[t - 1], now = all->at_close[t], end = all->at_worst[t];
        end = end > begin ? end : begin + 1;
        all->fullness[t] = summed(full + begin, end - begin) / (double)(end - begin);
        for (int64_t n = 0; n < end; n++)
            full[n] = 0.0;
        for (int64_t n = now; n < all->cells; n++)
            full[n] += refill * (1.0 - full[n]);
    }
}
