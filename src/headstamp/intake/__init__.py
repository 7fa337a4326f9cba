"""Reading what others wrote: tables and photographs from any file, safely."""
