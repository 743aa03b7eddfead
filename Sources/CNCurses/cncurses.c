#define NCURSES_WIDECHAR 1
#define _GNU_SOURCE 1
#include "cncurses.h"

#include <curses.h>
#include <fcntl.h>
#include <signal.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// term.h makes a macro of this plain word.
#undef columns

static SCREEN *screen;
static WINDOW *keys;
static FILE *input_file, *output_file;

void cncurses_locale(char *codeset, int size) {
  const char *found = setlocale(LC_CTYPE, "") ? nl_langinfo(CODESET) : "";
  snprintf(codeset, (size_t)size, "%s", found);
}

int cncurses_agrees(uint32_t scalar, int width) { return wcwidth((wchar_t)scalar) == width; }

int cncurses_lookup(const char *term, int descriptor, int *colors) {
  int status = 0;
  *colors = -1;
  if (setupterm((char *)term, descriptor, &status) != OK) return 1;
  char *address = tigetstr("cup");
  int missing = address == NULL || address == (char *)-1;
  *colors = tigetnum("colors");
  del_curterm(cur_term);
  return missing ? 2 : 0;
}

static const struct { const char *bytes; int code; } sequences[] = {
  {"\033[200~", CNCURSES_PASTE_BEGIN}, {"\033[201~", CNCURSES_PASTE_END},
  {"\033[<", CNCURSES_MOUSE}, {"\033[I", CNCURSES_FOCUS_IN}, {"\033[O", CNCURSES_FOCUS_OUT},
  {"\033[A", CNCURSES_UP}, {"\033[B", CNCURSES_DOWN}, {"\033[C", CNCURSES_RIGHT},
  {"\033[D", CNCURSES_LEFT}, {"\033OA", CNCURSES_UP}, {"\033OB", CNCURSES_DOWN},
  {"\033OC", CNCURSES_RIGHT}, {"\033OD", CNCURSES_LEFT}, {"\033[H", CNCURSES_HOME},
  {"\033[F", CNCURSES_END}, {"\033OH", CNCURSES_HOME}, {"\033OF", CNCURSES_END},
  {"\033[1~", CNCURSES_HOME}, {"\033[4~", CNCURSES_END}, {"\033[7~", CNCURSES_HOME},
  {"\033[8~", CNCURSES_END}, {"\033[5~", CNCURSES_PAGE_UP}, {"\033[6~", CNCURSES_PAGE_DOWN},
  {"\033[2~", CNCURSES_INSERT}, {"\033[3~", CNCURSES_DELETE}, {"\033[Z", CNCURSES_BACK_TAB},
  {"\033OP", CNCURSES_FUNCTION + 1}, {"\033OQ", CNCURSES_FUNCTION + 2},
  {"\033OR", CNCURSES_FUNCTION + 3}, {"\033OS", CNCURSES_FUNCTION + 4},
};

int cncurses_open(const char *term, int input, int output, int escape_delay) {
  // newterm takes four signals for itself; they belong to our own handlers.
  static const int taken[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
  struct sigaction before[4];
  for (int i = 0; i < 4; i++) sigaction(taken[i], NULL, &before[i]);
  input_file = fdopen(input, "r");
  output_file = fdopen(output, "w");
  if (input_file && output_file) screen = newterm((char *)term, output_file, input_file);
  for (int i = 0; i < 4; i++) sigaction(taken[i], &before[i], NULL);
  if (!screen) return -1;
  set_term(screen);
  raw();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  leaveok(stdscr, TRUE);
  scrollok(stdscr, FALSE);
  set_escdelay(escape_delay);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  curs_set(0);
  // A pad: reading from a window would refresh it behind our back.
  keys = newpad(1, 1);
  if (!keys) return -1;
  keypad(keys, TRUE);
  nodelay(keys, TRUE);
  for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
    define_key(sequences[i].bytes, sequences[i].code);
  return 0;
}

void cncurses_close(void) {
  if (!screen) return;
  endwin();
  if (keys) delwin(keys);
  keys = NULL;
  delscreen(screen);
  screen = NULL;
  if (output_file) fclose(output_file);
  if (input_file) fclose(input_file);
  output_file = input_file = NULL;
}

void cncurses_route(int descriptor) { dup3(descriptor, fileno(output_file), O_CLOEXEC); }

void cncurses_leave(void) { endwin(); }

void cncurses_return(void) {
  // The shell may have changed its modes while we were stopped.
  def_shell_mode();
  reset_prog_mode();
  clearok(curscr, TRUE);
  wrefresh(stdscr);
  curs_set(0);
}

void cncurses_size(int *columns, int *rows) {
  *columns = getmaxx(stdscr);
  *rows = getmaxy(stdscr);
}

int cncurses_resize(int columns, int rows) {
  if (resizeterm(rows, columns) != OK) return -1;
  clearok(curscr, TRUE);
  return 0;
}

int cncurses_color_count(void) { return has_colors() ? COLORS : 0; }
int cncurses_pair_limit(void) { return has_colors() ? COLOR_PAIRS : 0; }

int cncurses_define_pair(int pair, int foreground, int background) {
  return init_extended_pair(pair, foreground, background) == OK ? 0 : -1;
}

void cncurses_row(int row, const cncurses_cell *cells, int count) {
  int column = 0;
  for (int i = 0; i < count; i++) {
    const cncurses_cell *cell = &cells[i];
    attr_t attributes = (cell->attributes & CNCURSES_BOLD ? WA_BOLD : 0)
      | (cell->attributes & CNCURSES_DIM ? WA_DIM : 0)
      | (cell->attributes & CNCURSES_REVERSE ? WA_REVERSE : 0)
      | (cell->attributes & CNCURSES_UNDERLINE ? WA_UNDERLINE : 0);
    wchar_t text[5] = {(wchar_t)cell->text[0], (wchar_t)cell->text[1], (wchar_t)cell->text[2],
                       (wchar_t)cell->text[3], 0};
    int pair = cell->pair;
    cchar_t out;
    int agrees = cncurses_agrees(cell->text[0], cell->width);
    for (int mark = 1; agrees && mark < 4 && text[mark]; mark++)
      if (wcwidth(text[mark]) != 0) text[mark] = 0;
    for (int step = 0; step < (agrees ? 1 : cell->width); step++) {
      if (!agrees) text[0] = L'?', text[1] = 0;
      setcchar(&out, text, attributes, 0, &pair);
      mvwadd_wchnstr(stdscr, row, column + step, &out, 1);
    }
    column += cell->width;
  }
}

void cncurses_update(void) {
  wnoutrefresh(stdscr);
  doupdate();
}

void cncurses_repaint(void) { clearok(curscr, TRUE); }

static int translate(int code) {
  switch (code) {
  case KEY_UP: return CNCURSES_UP;
  case KEY_DOWN: return CNCURSES_DOWN;
  case KEY_LEFT: return CNCURSES_LEFT;
  case KEY_RIGHT: return CNCURSES_RIGHT;
  case KEY_HOME: case KEY_A1: case KEY_FIND: return CNCURSES_HOME;
  case KEY_END: case KEY_C1: case KEY_SELECT: return CNCURSES_END;
  case KEY_PPAGE: case KEY_A3: return CNCURSES_PAGE_UP;
  case KEY_NPAGE: case KEY_C3: return CNCURSES_PAGE_DOWN;
  case KEY_IC: return CNCURSES_INSERT;
  case KEY_DC: return CNCURSES_DELETE;
  case KEY_BACKSPACE: return CNCURSES_BACKSPACE;
  case KEY_ENTER: return CNCURSES_ENTER;
  case KEY_BTAB: return CNCURSES_BACK_TAB;
  case KEY_RESIZE: return CNCURSES_RESIZE;
  default: break;
  }
  if (code >= KEY_F(1) && code <= KEY_F(24)) return CNCURSES_FUNCTION + (code - KEY_F0);
  return code > 5000 ? code : CNCURSES_OTHER;
}

int cncurses_read(int *value) {
  wint_t code = 0;
  int result = wget_wch(keys, &code);
  if (result == ERR) return CNCURSES_NOTHING;
  *value = result == KEY_CODE_YES ? translate((int)code) : (int)code;
  return result == KEY_CODE_YES ? CNCURSES_KEY : CNCURSES_CHARACTER;
}

int cncurses_guard_terminal(char *bytes, int size) {
  static const char *names[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup"};
  int used = 0;
  for (int i = 0; i < 5; i++) {
    const char *text = tigetstr((char *)names[i]);
    if (text == NULL || text == (char *)-1) continue;
    for (; *text && used < size; text++) {
      // Delays for printing terminals ($<5>) are not bytes to send.
      if (text[0] == '$' && text[1] == '<' && strchr(text, '>')) {
        text = strchr(text, '>');
        continue;
      }
      bytes[used++] = *text;
    }
  }
  return used;
}
