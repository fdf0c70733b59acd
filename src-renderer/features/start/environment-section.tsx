/** What runs: name, environment and version. */
import { Select, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import { type T, useWords } from './bound-words.ts';
import { versionKey } from './draft-policy.ts';
import classes from './start.module.css';
import type { StartForm } from './use-start-form.ts';

/** Lists longer than this can be searched by typing. */
const searchFrom = 8;

interface Props {
  readonly form: StartForm;
  readonly nameId: string;
}

export function EnvironmentSection({ form, nameId }: Props) {
  const t = useWords();
  const { options, image, draft, setDraft } = form;
  const environments = options.data?.environments ?? [];
  const versions = image?.environment.versions ?? [];
  const nameField = useRef<HTMLInputElement>(null);

  // The dialog may have opened before the site's answer was there; its own focus then found nothing to go to.
  useEffect(() => nameField.current?.focus(), []);
  return (
    <section className={classes.section} aria-labelledby="start-environment">
      <h3 id="start-environment">{t('environments')}</h3>
      <TextInput
        className={classes.nameRow ?? ''}
        // Of the dialog, whose own search for a place to begin comes after the effect above.
        data-autofocus
        id={nameId}
        ref={nameField}
        size="sm"
        label={t('name')}
        value={draft.name}
        spellCheck={false}
        autoComplete="off"
        maxLength={200}
        error={form.nameTrouble ? t(`name.${form.nameTrouble}`) : null}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setDraft({ name: event.currentTarget.value })}
        rightSection={<IconButton icon="refresh" label={t('name.another')} onClick={form.anotherName} />}
      />
      <div className={classes.pair}>
        <Select
          size="sm"
          label={t('environment')}
          data={environments.map((it) => ({ value: it.id, label: it.title }))}
          value={image?.environment.id ?? null}
          onChange={(id) => setDraft({ environmentId: id, version: null })}
          allowDeselect={false}
          searchable={environments.length > searchFrom}
          nothingFoundMessage={t('nothingFound')}
          error={environments.length === 0 ? t('noEnvironments') : null}
          maxDropdownHeight={280}
        />
        <Select
          size="sm"
          label={t('version')}
          data={versions.map((it) => ({ value: versionKey(it), label: versionLabel(t, it, versions) }))}
          value={image ? versionKey(image.version) : null}
          onChange={(version) => setDraft({ environmentId: image?.environment.id ?? null, version })}
          allowDeselect={false}
          searchable={versions.length > searchFrom}
          nothingFoundMessage={t('nothingFound')}
          disabled={versions.length === 0}
          maxDropdownHeight={280}
        />
      </div>
    </section>
  );
}

interface VersionOption {
  readonly label: string;
  readonly image: string;
  readonly architecture: string;
  readonly installed: boolean;
}

/** The architecture is named only where it tells two versions apart. */
function versionLabel(t: T, version: VersionOption, among: readonly VersionOption[]): string {
  const twin = among.some((it) => it.image === version.image && it.architecture !== version.architecture);
  const label = twin ? `${version.label} · ${version.architecture}` : version.label;
  return version.installed ? label : `${label} · ${t('notPulled')}`;
}
