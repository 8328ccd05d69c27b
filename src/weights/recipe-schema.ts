/** Recipes as files hold them. */
import * as z from '../utils/schema.ts';
import { recipeFrom, type Recipe, type RecipeField } from '../model/recipe.ts';

function schemaOf(field: RecipeField): z.ZodMiniType {
  if ('choices' in field) return z.enum(field.choices);
  const inRange = z.number().check(z.minimum(field.minimum), z.maximum(field.maximum));
  const number = field.integer ? inRange.check(z.int()) : inRange;
  return field.orFull ? z.union([z.literal('full'), number]) : number;
}

export const recipeSchema = z.strictObject(
  recipeFrom((_, field) => schemaOf(field)) as never,
) as unknown as z.ZodMiniType<Recipe>;
