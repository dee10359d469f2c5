/* WIDE marks a function that is compiled twice, for wide registers too, and the processor's own is taken when the library
   is loaded. Every place is worked on in the same order in both, so that they give the same bytes. INLINE marks what is
   compiled into it each time. */

#include <stdint.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#define INLINE static inline __attribute__((always_inline))
#else
#define WIDE
#define INLINE static inline
#endif
