/** What is wrong with a template, in ejs's words but for those about ejs itself. */
export function ejsFault(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/( in \S+)? while compiling ejs[^]*$/, ' (between <% and %>)');
}
