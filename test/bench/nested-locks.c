/*
 * Takes and releases K nested mutexes, over and over, in one order: what a lock-order validator has already seen. Prints the
 * CPU nanoseconds per acquire+release pair. Usage: nested-locks K PAIRS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST 8

static pthread_mutex_t locks[MOST];

static void run(int k, long pairs)
{
	for (long i = 0; i < pairs / k; i++) {
		for (int j = 0; j < k; j++)
			pthread_mutex_lock(&locks[j]);
		for (int j = k - 1; j >= 0; j--)
			pthread_mutex_unlock(&locks[j]);
	}
}

static void *nothing(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	int k = argc > 1 ? atoi(argv[1]) : 1;
	long pairs = argc > 2 ? atol(argv[2]) : 1000000;
	struct timespec from, to;
	pthread_t thread;

	if (k < 1 || k > MOST || pairs < 1)
		return 2;
	for (int j = 0; j < MOST; j++)
		pthread_mutex_init(&locks[j], NULL);
	/* A second thread has existed, so no library may take short cuts for single-threaded programs. */
	pthread_create(&thread, NULL, nothing, NULL);
	pthread_join(thread, NULL);
	run(k, pairs / 10 + k);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	run(k, pairs);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("%.2f\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / pairs);
	return 0;
}
