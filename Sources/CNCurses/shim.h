#pragma once
// Wide functions exist only when these are defined first; pkg-config's flags are refused by SwiftPM.
#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
