/* Number: whole numbers from what a user wrote. */
#ifndef STEMMA_BASE_NUMBER_H
#define STEMMA_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number from 0 up, and nothing behind it; false, and *number as it was,
 * when it is none or does not fit. */
bool number_read(const char *text, uint64_t *number);

#endif
