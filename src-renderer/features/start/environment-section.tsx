/** What runs: environment and version, or an image by name; and what the session is called. */
import { Select, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Environment } from '../../../src-preload/contract/launcher.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { findEnvironments, groupEnvironments, hueOf, monogram, originOf, versionKey } from './environment-policy.ts';
import { Fold } from './fold.tsx';
import classes from './start.module.css';
import { type T, useWords } from './start-words.ts';
import type { StartForm } from './use-start-form.ts';
import { useVerdictWords } from './verdict/verdict-words.ts';

interface Props {
  readonly form: StartForm;
  readonly nameId: string;
}

export function EnvironmentSection({ form, nameId }: Props) {
  const t = useWords();
  const v = useVerdictWords();
  const { options, image, spec, setSpec } = form;
  const versions = image?.environment?.versions ?? [];
  const manual = (options.data?.rules.manualImage ?? false) && spec.manualImage.trim() !== '';
  const environmentId = image?.environment?.id;
  const pinned = environmentId !== undefined && (options.data?.pinned.includes(environmentId) ?? false);

  return (
    <section className={classes.section} aria-labelledby="start-environment">
      <h3 id="start-environment">{t('environments')}</h3>
      <div className={classes.pair}>
        <EnvironmentBox form={form} manual={manual} />
        <Select
          size="sm"
          label={t('version')}
          data={versions.map((it) => ({ value: versionKey(it), label: versionLabel(t, it, versions) }))}
          value={image && !manual ? versionKey(image.version) : null}
          placeholder={manual ? t('manual.stands') : ''}
          onChange={(version) => setSpec({ environmentId: environmentId ?? null, version })}
          allowDeselect={false}
          searchable
          openOnFocus={false}
          selectFirstOptionOnChange
          nothingFoundMessage={t('nothingFound')}
          disabled={versions.length === 0 || manual}
          maxDropdownHeight={280}
          onFocus={(event) => event.currentTarget.select()}
        />
      </div>
      {image && (
        <div className={classes.imageName}>
          <span className="mono ellipsis" data-tip={versionKey(image.version)}>
            {versionKey(image.version)}
          </span>
          <CopyButton text={versionKey(image.version)} label={t('copy')} />
          {environmentId !== undefined && (
            <IconButton
              icon={pinned ? 'pinned' : 'pin'}
              label={pinned ? t('environment.unpin') : t('environment.pin')}
              onClick={() => void form.pin(environmentId, !pinned)}
            />
          )}
        </div>
      )}
      <TextInput
        id={nameId}
        size="sm"
        label={t('name')}
        value={spec.name}
        spellCheck={false}
        autoComplete="off"
        maxLength={200}
        error={form.nameTrouble ? v(`name.${form.nameTrouble}`) : null}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setSpec({ name: event.currentTarget.value })}
        rightSection={<IconButton icon="refresh" label={t('name.another')} onClick={form.anotherName} />}
      />
      {options.data?.rules.manualImage && (
        <div className={classes.foldAfter}>
          <Fold title={t('manual')} state={manual ? spec.manualImage : ''} isSet={manual} parts={['image']}>
            <TextInput
              size="sm"
              label={t('manual.label')}
              description={t('manual.help')}
              value={spec.manualImage}
              spellCheck={false}
              autoComplete="off"
              maxLength={1024}
              error={manual && !image ? v('cannot.bad-image') : null}
              onChange={(event) => setSpec({ manualImage: event.currentTarget.value })}
            />
          </Fold>
        </div>
      )}
    </section>
  );
}

/** One box that finds an environment by whatever a person knows of it; words that name a version choose that version. */
function EnvironmentBox({ form, manual }: { readonly form: StartForm; readonly manual: boolean }) {
  const t = useWords();
  const { options, image, setSpec } = form;
  const [search, setSearch] = useState('');
  const box = useRef<HTMLInputElement>(null);
  const typing = useRef(false);
  /** True once an arrow key has pointed at an option: then Enter takes that one. */
  const pointed = useRef(false);
  const [opened, setOpened] = useState(false);
  const environments = options.data?.environments ?? [];
  const byId = new Map(environments.map((it) => [it.id, it]));
  const groups = groupEnvironments(environments, options.data?.pinned ?? [], options.data?.recent ?? []);
  const grouped = groups.pinned.length + groups.recent.length > 0;
  const item = ({ id, title }: Environment) => ({ value: id, label: title });
  const data = [
    ...(groups.pinned.length > 0 ? [{ group: t('environment.pinned'), items: groups.pinned.map(item) }] : []),
    ...(groups.recent.length > 0 ? [{ group: t('environment.recent'), items: groups.recent.map(item) }] : []),
    ...(grouped ? [{ group: t('environment.all'), items: groups.others.map(item) }] : groups.others.map(item)),
  ];
  const selected = manual ? null : (image?.environment?.id ?? null);
  const words = search === image?.environment?.title ? '' : search;
  const found = new Map(findEnvironments(environments, words).map((it) => [it.environment.id, it.version]));

  function choose(id: string): void {
    typing.current = false;
    setOpened(false);
    setSearch(byId.get(id)?.title ?? '');
    const version = found.get(id);
    if (id === image?.environment?.id && !version) return;
    setSpec({ environmentId: id, version: version ? versionKey(version) : null });
  }

  // The dialog may have opened before the site's answer was there; its own focus then found nothing to go to.
  useEffect(() => box.current?.focus(), []);
  // A name that comes in while the box has the focus is selected, so that typing replaces it.
  const title = image?.environment?.title;
  useEffect(() => {
    if (search === title && !typing.current && document.activeElement === box.current) box.current?.select();
  }, [search, title]);
  return (
    <Select
      ref={box}
      size="sm"
      label={t('environment')}
      // Of the dialog, whose own search for a place to begin comes after the effect above.
      data-autofocus
      data={data}
      value={selected}
      placeholder={manual ? t('manual.stands') : t('environment.find')}
      disabled={manual}
      searchable
      openOnFocus={false}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options: all, search: asked }) => {
        if (asked === '') return all;
        // The best match first, whichever group it stands in otherwise.
        const items = new Map(
          all.flatMap((it) => ('group' in it ? it.items : [it])).map((it) => [String(it.value), it]),
        );
        return [...found.keys()].flatMap((id) => items.get(id) ?? []);
      }}
      dropdownOpened={opened}
      onDropdownOpen={() => setOpened(true)}
      onDropdownClose={() => setOpened(false)}
      onKeyDownCapture={(event) => {
        if (event.key.length === 1 || event.key === 'Backspace') {
          typing.current = true;
          pointed.current = false;
        } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') pointed.current = true;
        // The list may not be drawn yet when Enter comes: the best match is known without it.
        const [best] = found.keys();
        const takes = event.key === 'Enter' && opened && words !== '' && !pointed.current && best !== undefined;
        if (!takes || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        choose(best);
      }}
      onBlur={() => {
        typing.current = false;
      }}
      onOptionSubmit={choose}
      renderOption={({ option }) => {
        const environment = byId.get(String(option.value));
        if (!environment) return null;
        const origin = originOf(environment, environments);
        return <EnvironmentOption environment={environment} version={found.get(environment.id)} origin={origin} />;
      }}
      allowDeselect={false}
      nothingFoundMessage={t('nothingFound')}
      error={environments.length === 0 ? t('noEnvironments') : null}
      maxDropdownHeight={320}
      onFocus={(event) => event.currentTarget.select()}
    />
  );
}

interface OptionProps {
  readonly environment: Environment;
  readonly version: { readonly label: string } | null | undefined;
  readonly origin: string | null;
}

function EnvironmentOption({ environment, version, origin }: OptionProps) {
  const t = useWords();
  const installed = environment.versions.some((it) => it.installed);
  const facts = [
    ...(origin === null ? [] : [origin]),
    version ? version.label : t('environment.versions', { count: environment.versions.length }),
    ...(installed ? [] : [t('notPulled')]),
  ];
  return (
    <span className={classes.option}>
      <span
        className={classes.monogram}
        aria-hidden="true"
        style={{ '--hue': hueOf(environment.id) } as Record<string, number>}
      >
        {monogram(environment.title)}
      </span>
      <span className={classes.optionName}>{environment.title}</span>
      <span className={classes.optionFacts}>{facts.join(' · ')}</span>
    </span>
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
