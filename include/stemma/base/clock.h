/* Clock: time that only goes forward, for durations. */
#ifndef STEMMA_BASE_CLOCK_H
#define STEMMA_BASE_CLOCK_H

/* Seconds since some fixed moment. */
double clock_seconds(void);

#endif
