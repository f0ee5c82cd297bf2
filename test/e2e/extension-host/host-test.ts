/** A test that runs inside the extension host. It fails by throwing. */
export type HostTest = { readonly name: string; readonly run: () => Promise<void> };

export type HostResult = {
  readonly name: string;
  /** What it threw; absent when it passed. */
  readonly failure?: string;
};
