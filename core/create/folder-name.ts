/** A host's name as the name of a folder: inventories may hold names with `/` or `..` in them. */
export function folderName(host: string): string {
  const encoded = encodeURIComponent(host).replaceAll('*', '%2A');
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}
