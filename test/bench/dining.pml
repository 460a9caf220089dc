/* Dining philosophers, as `dining_8` of the exploration benchmark: take left, take right, put both back. */
#ifndef N
#define N 8
#endif

bool taken[N];

active [N] proctype philosopher() {
  byte right = (_pid + 1) % N;
  atomic { !taken[_pid] -> taken[_pid] = true };
  atomic { !taken[right] -> taken[right] = true };
  taken[right] = false;
  taken[_pid] = false
}
