/* Running sums of resampled hours along an order, and what ranks come to.

   rank_sums.py does the same in numpy and says what each array is. Sums run in the order written here, so that both give
   the same bytes. N hours, G distinct values, B resamples; arrays are dense, the last index running fastest. */

#include "../base/wide.h"

struct ranked {
    int64_t groups, draws, sums_amounts;
    /* [N], [G + 1] */
    const int64_t *order, *first;
    /* [N, B], [N] */
    const double *weights, *amount;
    /* [G + 1, B], the same or nothing, and [N, B] */
    double *upto, *sums, *ranks;
};

struct correlated {
    int64_t hours, draws;
    /* [N, B] each */
    const double *a, *b, *weights;
    /* [B] each */
    double *across, *spread_a, *spread_b;
};

int64_t ranked_size(void) { return sizeof(struct ranked); }
int64_t correlated_size(void) { return sizeof(struct correlated); }

/* Write the weight of the first 0, 1, 2 ... distinct values, and of the amounts there, and each hour's centred rank. */
WIDE void rank_sums(const struct ranked *all) {
    int64_t draws = all->draws;
    for (int64_t j = 0; j < draws; j++)
        all->upto[j] = 0.0;
    for (int64_t j = 0; j < draws * all->sums_amounts; j++)
        all->sums[j] = 0.0;
    for (int64_t g = 0; g < all->groups; g++) {
        const double *before = all->upto + g * draws, *sum = all->sums + g * draws;
        double *upto = all->upto + (g + 1) * draws, *sums = all->sums + (g + 1) * draws;
        for (int64_t i = all->first[g]; i < all->first[g + 1]; i++, before = upto, sum = sums) {
            const double *weights = all->weights + all->order[i] * draws;
            for (int64_t j = 0; j < draws; j++)
                upto[j] = before[j] + weights[j];
            if (!all->sums_amounts)
                continue;
            double amount = all->amount[all->order[i]];
            for (int64_t j = 0; j < draws; j++)
                sums[j] = sum[j] + weights[j] * amount;
        }
    }
    const double *total = all->upto + all->groups * draws;
    for (int64_t g = 0; g < all->groups; g++) {
        const double *before = all->upto + g * draws, *upto = before + draws;
        for (int64_t i = all->first[g]; i < all->first[g + 1]; i++) {
            double *ranks = all->ranks + all->order[i] * draws;
            for (int64_t j = 0; j < draws; j++)
                ranks[j] = (upto[j] + before[j] - total[j]) / 2.0;
        }
    }
}

/* Write the weighted sums of the products and the squares of two columns of centred ranks. */
WIDE void correlate(const struct correlated *all) {
    int64_t draws = all->draws;
    double *across = all->across, *spread_a = all->spread_a, *spread_b = all->spread_b;
    for (int64_t j = 0; j < draws; j++)
        across[j] = spread_a[j] = spread_b[j] = 0.0;
    for (int64_t i = 0; i < all->hours; i++) {
        const double *a = all->a + i * draws, *b = all->b + i * draws, *weights = all->weights + i * draws;
        for (int64_t j = 0; j < draws; j++) {
            double weighted = a[j] * weights[j];
            across[j] += weighted * b[j];
            spread_a[j] += weighted * a[j];
            spread_b[j] += weights[j] * b[j] * b[j];
        }
    }
}
