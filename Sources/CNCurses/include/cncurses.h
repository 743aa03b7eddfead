// The few things Needlepoint asks of ncursesw, so that no curses type, macro or global is seen in Swift.
// One thread makes all calls except cncurses_signal_* and the crash handler's own work.
#pragma once
#include <stdint.h>

// Attribute bits of a cell.
#define CNCURSES_BOLD 1
#define CNCURSES_DIM 2
#define CNCURSES_REVERSE 4
#define CNCURSES_UNDERLINE 8

// What cncurses_read found.
#define CNCURSES_NOTHING 0
#define CNCURSES_CHARACTER 1
#define CNCURSES_KEY 2

// Key codes, ours and those of curses under names that Swift can read.
enum {
  CNCURSES_PASTE_BEGIN = 5001, CNCURSES_PASTE_END, CNCURSES_MOUSE, CNCURSES_FOCUS_IN,
  CNCURSES_FOCUS_OUT, CNCURSES_UP, CNCURSES_DOWN, CNCURSES_LEFT, CNCURSES_RIGHT, CNCURSES_HOME,
  CNCURSES_END, CNCURSES_PAGE_UP, CNCURSES_PAGE_DOWN, CNCURSES_INSERT, CNCURSES_DELETE,
  CNCURSES_BACKSPACE, CNCURSES_ENTER, CNCURSES_BACK_TAB, CNCURSES_RESIZE, CNCURSES_OTHER,
  CNCURSES_FUNCTION = 5100, // plus the number of the key
};

// One cell of a row: a base character and up to three marks, zero-terminated.
typedef struct {
  uint32_t text[4];
  uint16_t width;
  uint16_t attributes;
  int32_t pair;
} cncurses_cell;

// setlocale(LC_CTYPE, ""): only this category, others would change number formats of the process.
// Writes the codeset's name, at most size - 1 bytes.
void cncurses_locale(char *codeset, int size);
// Looks a terminal type up: 0 found, 1 unknown, 2 no cursor addressing. Colours to *colors (-1 none).
int cncurses_lookup(const char *term, int descriptor, int *colors);
// Whether the C library shows a character in this many cells (wcwidth).
int cncurses_agrees(uint32_t scalar, int width);

// newterm, raw, noecho, nonl, keypad, nodelay, colours, cursor hidden. 0 or -1.
int cncurses_open(const char *term, int input, int output, int escape_delay);
// endwin and everything freed.
void cncurses_close(void);
// Leaves the screen and restores the terminal for a shell; cncurses_return comes back.
void cncurses_leave(void);
void cncurses_return(void);
// What curses writes goes to this descriptor from now on; its modes are those of the terminal that it was opened on.
void cncurses_route(int descriptor);
void cncurses_size(int *columns, int *rows);
int cncurses_resize(int columns, int rows);
int cncurses_color_count(void);
int cncurses_pair_limit(void);
int cncurses_define_pair(int pair, int foreground, int background);
// Puts a whole row; cells in the right half of wide ones are left out by the caller.
void cncurses_row(int row, const cncurses_cell *cells, int count);
// Shows what changed; the next update repaints everything after cncurses_repaint.
void cncurses_update(void);
void cncurses_repaint(void);
// Reads one key without waiting.
int cncurses_read(int *value);
// Writes all bytes, or -1.
int cncurses_write(int descriptor, const char *bytes, int count);

// A thread that carries bytes to a terminal, and the descriptor that takes them: it never waits for less than 1 MiB.
// -1 when there can be none. Closing it and its copies ends the thread.
int cncurses_pump_start(int terminal);
// One byte is written to this descriptor when all has been carried after cncurses_pump_idle said 0; -1 for none.
void cncurses_pump_wake(int descriptor);
// Whether the terminal has taken everything.
int cncurses_pump_idle(void);
// Waits for that: 0, or -1 when the time is over.
int cncurses_pump_drain(int milliseconds);
// Drops what has not been carried, and what comes; may be called by signal handlers.
void cncurses_pump_off(void);

// After this a crash or exit() writes the reset bytes to output, restores its modes as they were when
// armed first, and copies what is in noise to errors. Reset bytes may be replaced at any time.
void cncurses_guard_arm(int output, int noise, int errors);
void cncurses_guard_reset(const char *bytes, int count);
void cncurses_guard_disarm(void);
// Takes the reset bytes of the terminal type itself (attributes, cursor, keypad, main screen).
int cncurses_guard_terminal(char *bytes, int size);

// Handlers of the given signals only write their number to a descriptor; -1 puts the old ones back.
void cncurses_signals(int descriptor, const int *signals, int count);
// Stops the process group as C-z does, with the default action, and returns when continued.
void cncurses_stop(void);
// Columns and rows of a terminal from the kernel: 0, or -1 when it does not know.
int cncurses_window(int descriptor, int *columns, int *rows);

// Starts a program in a new session on a pseudo terminal: its process, or -1 with errno. `master` is
// the other end, which never blocks.
int cncurses_spawn(const char *program, char *const *arguments, char *const *environment, int columns,
                   int rows, int *master);
