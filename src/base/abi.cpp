#include "edo/base/config.hpp"

// The constant that EDO_ABI_LINK points to: its name says which flavour of library this is.
extern "C" const char EDO_ABI_SYMBOL = 0;
