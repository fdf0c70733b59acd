/**
 * Recipes: a launch as a small readable file or link, and back. Only what differs from an empty form is written; secrets
 * and other people's names are not. Pure.
 */
import { z } from 'zod';
import { type EnvVariable, emptySpec, LaunchSpec } from '../../src-preload/contract/launch-spec.ts';
import type { Recipe } from '../../src-preload/contract/launches.ts';
import { looksSecret, withoutSecretValues } from '../../src-preload/contract/secret-looks.ts';
import { BerthError } from '../base/berth-error.ts';
import { jsonFault, placeIn } from '../base/json-place.ts';

/** What a recipe holds of a launch: not for whom, and not which sessions it waited for that time. */
const RecipeLaunch = LaunchSpec.omit({ owner: true, dependencies: true }).partial();

const RecipeFile = z.strictObject({
  /** The form of this file. */
  berthRecipe: z.literal(1),
  title: z.string().max(256).optional(),
  /** Host name of the site it was made on: said where it does not fit another. */
  madeFor: z.string().max(256).optional(),
  launch: RecipeLaunch,
});

/** Longer ones are cut by mail programs, shells and browsers. */
const maxLinkLength = 8_000;
const linkStart = 'berth://launch?recipe=';

export interface WrittenRecipe {
  readonly text: string;
  readonly fileName: string;
  readonly link: string | null;
  readonly leftOut: readonly string[];
}

export function writeRecipe(title: string, madeFor: string, spec: LaunchSpec): WrittenRecipe {
  const { spec: clean, leftOut } = withoutSecrets(spec);
  const { owner: _owner, dependencies: _dependencies, ...kept } = clean;
  const launch = Object.fromEntries(
    Object.entries(kept).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(emptySpec[key as keyof LaunchSpec]),
    ),
  );
  const file = { berthRecipe: 1, ...(title === '' ? {} : { title }), madeFor, launch };
  const link = linkStart + Buffer.from(JSON.stringify(file)).toString('base64url');
  return {
    text: `${JSON.stringify(file, null, 2)}\n`,
    fileName: `${fileNameOf(title || spec.name)}.berth.json`,
    link: link.length > maxLinkLength ? null : link,
    leftOut,
  };
}

function fileNameOf(title: string): string {
  const plain = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'launch' : plain;
}

/**
 * Reads what {@link writeRecipe} wrote, or what a person wrote by hand: a file's text, or a link.
 * @throws BerthError `recipe-invalid`, whose `where` names the place
 */
export function readRecipe(input: string): Recipe {
  // Editors on Windows put a byte order mark in front.
  const text = input.trim().startsWith('berth:') ? textOfLink(input.trim()) : input.replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== null) {
    const { line, column } = placeIn(text, fault);
    throw invalid('not-json', `${line}:${column}`);
  }
  const value: unknown = JSON.parse(text);
  const parsed = RecipeFile.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const where = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String).join('.');
    if (where === 'berthRecipe' || where === '') throw invalid('not-a-recipe', where);
    throw invalid(unknown === undefined ? 'wrong-value' : 'unknown-key', where);
  }
  const { title, madeFor, launch } = parsed.data;
  const given = Object.fromEntries(Object.entries(launch).filter(([, one]) => one !== undefined));
  const spec = LaunchSpec.parse({ ...emptySpec, ...given });
  return {
    title: title ?? '',
    spec,
    madeFor: madeFor ?? null,
    leftOut: spec.environ.filter((row) => row.name !== '' && row.value === '').map(({ name }) => name),
  };
}

/** SECURITY: a link is taken apart by a strict rule and only ever fills a form (recipe-policy.test.ts, "links"). */
function textOfLink(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : null;
  const recipe = url?.searchParams.get('recipe') ?? null;
  const isOurs =
    url?.protocol === 'berth:' && url.host === 'launch' && (url.pathname === '' || url.pathname === '/') && !url.hash;
  if (!isOurs || recipe === null || link.length > maxLinkLength || !/^[A-Za-z0-9_-]+$/.test(recipe)) {
    throw invalid('not-a-link', '');
  }
  return Buffer.from(recipe, 'base64url').toString('utf8');
}

function invalid(reason: string, where: string): BerthError {
  return new BerthError('recipe-invalid', { place: 'computer', params: { reason, where } });
}

/** A shell assignment at the start of a line or after `export`, `env`, `;` or `&&`. */
const assignment = /((?:^|[\s;&|(])(?:export\s+)?)([A-Za-z_]\w*)=("[^"\n]*"|'[^'\n]*'|[^\s;&|)]*)/gm;

/**
 * SECURITY: what is kept or written has no value that looks like a secret, in variables or in the assignments of commands
 * and scripts (recipe-policy.test.ts, "leaves secrets out").
 */
export function withoutSecrets(spec: LaunchSpec): { readonly spec: LaunchSpec; readonly leftOut: readonly string[] } {
  const leftOut = new Set(spec.environ.filter((row) => row.value !== '' && looksSecret(row)).map(({ name }) => name));
  const clean = (script: string): string =>
    script.replace(assignment, (whole: string, before: string, name: string, quoted: string) => {
      const row: EnvVariable = { name, value: quoted.replace(/^(["'])(.*)\1$/s, '$2') };
      // A reference to another variable is no value.
      if (row.value === '' || row.value.startsWith('$') || !looksSecret(row)) return whole;
      leftOut.add(name);
      return `${before}${name}=`;
    });
  return {
    spec: {
      ...spec,
      // Another person's key is not ours to keep.
      owner: null,
      environ: withoutSecretValues(spec.environ),
      batch: { ...spec.batch, command: clean(spec.batch.command) },
      bootstrap: clean(spec.bootstrap),
    },
    leftOut: [...leftOut],
  };
}
