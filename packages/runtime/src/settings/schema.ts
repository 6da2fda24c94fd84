/** What a setting is: a zod schema over the text of one environment variable, with a description. */
import { z } from 'zod'

/** The settings of a process or of a part of it, by the names of their environment variables. */
export type SettingsShape = Readonly<Record<string, z.ZodType>>

/** The values of a shape, as its schemas put them out. */
export type SettingsOf<Shape extends SettingsShape> = Readonly<{
  [Name in keyof Shape]: z.output<Shape[Name]>
}>

/** Marks a setting as secret: it may come from the file that `NAME_FILE` names, and is never shown. */
export const secret = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ secret: true })

/** The schema and those it wraps (`optional`, `default`, `transform`), outermost first. */
const layers = (schema: z.core.$ZodType): z.core.$ZodType[] => {
  const def: object = schema._zod.def
  const inner = 'innerType' in def ? def.innerType : 'in' in def ? def.in : undefined
  return inner instanceof z.core.$ZodType ? [schema, ...layers(inner)] : [schema]
}

const metaOf = (schema: z.core.$ZodType, name: string): unknown =>
  layers(schema)
    .map(layer => z.globalRegistry.get(layer)?.[name])
    .find(value => value !== undefined)

export const isSecret = (schema: z.ZodType): boolean => metaOf(schema, 'secret') === true

export const descriptionOf = (schema: z.ZodType): string | undefined => {
  const description = metaOf(schema, 'description')
  return typeof description === 'string' ? description : undefined
}

/** The default as it would be written in the environment; undefined where there is none. */
export const defaultOf = (schema: z.ZodType): string | undefined => {
  const layer = layers(schema).find(each => 'defaultValue' in each._zod.def)
  const value: unknown = layer === undefined ? undefined : Reflect.get(layer._zod.def, 'defaultValue')
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.join(',') : String(value)
}

export const isRequired = (schema: z.ZodType): boolean => !schema.safeParse(undefined).success
