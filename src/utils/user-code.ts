/** Where in a user's own files an error comes from. */

const plainPath = (path: string): string => decodeURI(path.replace(/^file:\/\//, '').replace(/\?[^/]*$/, ''));

/** Whether a path is one of this package, of a dependency or of Node.js. */
function isLibrary(path: string): boolean {
  // A bundle may have no URL; webpack takes `new URL(…, import.meta.url)` for a file that the bundle needs.
  const root = plainPath(import.meta.url ?? '').replace(/src\/utils\/[^/]*$/, '');
  return (
    /\/node_modules\/|^node:/.test(path) ||
    (path.startsWith(root) && /^(src|models|datasets|playground|tfjs)/.test(path.slice(root.length)))
  );
}

/** `my-model.ts, line 48`: the innermost place in the stack of an error that is in no library. */
export function placeInUserCode(error: unknown): string | undefined {
  const { stack = '' } = error instanceof Error ? error : {};
  for (const [, path, line] of stack.matchAll(/^ *at (?:.*\()?(\S+?):(\d+):\d+\)?$/gm)) {
    const plain = plainPath(path);
    if (!isLibrary(plain)) return `${plain.slice(plain.lastIndexOf('/') + 1)}, line ${line}`;
  }
  return undefined;
}

/** The message of an error, with that place. */
export function messageWithPlace(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const place = placeInUserCode(error);
  return place === undefined ? message : `${message} (${place})`;
}
