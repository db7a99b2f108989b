/* Machine: loops with the widest vectors that the machine has, chosen when the program
 * starts; without fused operations, so that every machine computes the same.  Not under
 * gcc's thread sanitizer, which is not ready when the choice is made. */
#ifndef STEMMA_ENGINE_MACHINE_H
#define STEMMA_ENGINE_MACHINE_H

#if defined __x86_64__ && defined __GLIBC__ && !defined __SANITIZE_THREAD__
#define FOR_THIS_MACHINE __attribute__((target_clones("avx2", "default")))
#else
#define FOR_THIS_MACHINE
#endif

#endif
