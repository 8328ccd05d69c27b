/** Of this package; the build writes it in. */
declare const __VERSION__: string;

export const version = __VERSION__;
