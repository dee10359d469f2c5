#ifndef SOURCE
#define SOURCE ""
#endif

/* What this library was built from. */
const char *source(void) { return SOURCE; }
