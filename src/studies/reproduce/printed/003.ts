/**
 * What document 003 prints, as text. Ours is only ever compared with it.
 */

/** `duallayer.score(x_val_scaled, y_val)` */
export const validationScore = '0.978021978021978';
