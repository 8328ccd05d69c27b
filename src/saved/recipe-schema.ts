/** Recipes as files hold them. */
import * as z from 'zod';
import { recipeFrom, type Recipe, type RecipeField } from '../core/recipe.ts';

function schemaOf(field: RecipeField): z.ZodType {
  if ('choices' in field) return z.enum(field.choices);
  const inRange = z.number().min(field.minimum).max(field.maximum);
  const number = field.integer ? inRange.int() : inRange;
  return field.orFull ? z.union([z.literal('full'), number]) : number;
}

export const recipeSchema = z.strictObject(
  recipeFrom((_, field) => schemaOf(field)) as never,
) as unknown as z.ZodType<Recipe>;
