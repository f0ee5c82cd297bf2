/** What the editor and the monitor page say to each other. Types only: both sides import them. */

/** From the page: it is ready to be told. */
export type FromPage = { readonly type: 'ready' };
