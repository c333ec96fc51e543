// Tells whether this process has loaded Python, also through some library: 1, 0, or -1 where the system does not say.
#pragma once

#include <stdio.h>
#include <string.h>

static int python_is_loaded(void) {
  FILE* maps = fopen("/proc/self/maps", "r");
  if (!maps) return -1;
  char line[4096];
  int found = 0;
  while (fgets(line, sizeof line, maps)) found |= strstr(line, "libpython") || strstr(line, "/bin/python");
  fclose(maps);
  return found;
}
