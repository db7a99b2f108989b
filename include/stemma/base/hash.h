/* Hash: FNV-1a of 64 bits, byte by byte from HASH_START. */
#ifndef STEMMA_BASE_HASH_H
#define STEMMA_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(14695981039346656037)

static inline uint64_t hash_byte(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * UINT64_C(1099511628211);
}

static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
	for (const unsigned char *byte = bytes; count > 0; count--)
		hash = hash_byte(hash, *byte++);
	return hash;
}

/* Lowest byte first, on any machine. */
static inline uint64_t hash_integer(uint64_t hash, uint64_t integer)
{
	for (int shift = 0; shift < 64; shift += 8)
		hash = hash_byte(hash, (unsigned char)(integer >> shift));
	return hash;
}

#endif
