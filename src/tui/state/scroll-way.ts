/** A number of lines, a screenful, or all the way. */
export type Scroll = number | 'page up' | 'page down' | 'first' | 'last'
