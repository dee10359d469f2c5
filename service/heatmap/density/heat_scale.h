/* The scale of heat, as heat.py has it, in sums that every compiler and processor rounds alike. */

/* Added and taken away again, it leaves the nearest whole number, of halves the even one. */
static const double WHOLE = 6755399441055744.0;
/* Heat is told in so many parts of 1. */
static const double DIGITS = 1e9;

INLINE double larger(double a, double b) { return a > b ? a : b; }

INLINE double units_of(double x) { return x * DIGITS + WHOLE - WHOLE; }
INLINE double rounded(double x) { return units_of(x) / DIGITS; }

/* Return e to the power of x, from -60 to 0. */
INLINE double exponential(double x) {
    double power = x * 1.4426950408889634 + WHOLE;
    union {
        double number;
        int64_t bits;
    } whole = {power}, scale;
    power -= WHOLE;
    double rest = (x - power * 0.693147180369123816490) - power * 1.90821492927058770002e-10;
    double sum = 1.0 / 6227020800.0;
    sum = sum * rest + 1.0 / 479001600.0;
    sum = sum * rest + 1.0 / 39916800.0;
    sum = sum * rest + 1.0 / 3628800.0;
    sum = sum * rest + 1.0 / 362880.0;
    sum = sum * rest + 1.0 / 40320.0;
    sum = sum * rest + 1.0 / 5040.0;
    sum = sum * rest + 1.0 / 720.0;
    sum = sum * rest + 1.0 / 120.0;
    sum = sum * rest + 1.0 / 24.0;
    sum = sum * rest + 1.0 / 6.0;
    sum = sum * rest + 0.5;
    sum = sum * rest + 1.0;
    sum = sum * rest + 1.0;
    /* the low bits of `whole` are the power itself */
    scale.bits = (whole.bits + 1023) << 52;
    return sum * scale.number;
}

/* Return the heat of a place so many times as dense as its surroundings; `steepness` is 1 over the softness. Both
   branches are taken everywhere, so that several places can be worked on at once. */
INLINE double heat_at(double contrast, double steepness) {
    double below = 0.5 * contrast * contrast;
    double beyond = larger((1.0 - larger(contrast, 1.0)) * steepness, -60.0);
    double above = 1.0 - 0.5 * exponential(beyond);
    return contrast < 1.0 ? below : above;
}
