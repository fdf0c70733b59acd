/** Settings: each with where its value comes from; then the places on disk and how secrets are kept. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { berth } from '../../bridge.ts';
import { useDoctor } from '../../state/doctor.ts';
import { useRemembered } from '../../state/remembered.ts';
import { useSettings } from '../../state/use-settings.ts';
import { Banner } from '../../ui/banner.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { FindBox } from '../../ui/find-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { KeptLogsRow } from './kept-logs-row.tsx';
import { NoticesRow } from './notices-row.tsx';
import { type ChoiceKey, ChoiceSetting, type NumberKey, NumberSetting } from './setting-row.tsx';
import style from './settings.module.css';
import { useWords } from './words.ts';

interface Row {
  readonly key: string;
  readonly words: string;
  readonly row: ReactNode;
}

export function SettingsPage() {
  const t = useWords();
  const [text, setText] = useRemembered('settings.find', '');
  const { state, error } = useSettings();
  const groups = useGroups();
  const wanted = text.trim().toLowerCase();
  const shown = groups
    .map((group) => ({ ...group, rows: group.rows.filter((it) => it.words.toLowerCase().includes(wanted)) }))
    .filter((it) => it.rows.length > 0);

  return (
    <Page title={t('title')} actions={<FindBox value={text} placeholder={t('find.placeholder')} onChange={setText} />}>
      {state?.problem && <Banner kind="warning">{t('problem', state.problem)}</Banner>}
      <div className={style.page}>
        {error && !state ? <ErrorNotice error={toErrorValue(error)} /> : !state && <Loading words={t('loading')} />}
        {state &&
          shown.map((group) => (
            <section key={group.title} className={style.group}>
              <h2 className={style.groupTitle}>{group.title}</h2>
              {group.rows.map((it) => (
                <div key={it.key}>{it.row}</div>
              ))}
            </section>
          ))}
        {state && shown.length === 0 && <Empty icon="search" title={t('empty.find', { text: text.trim() })} />}
      </div>
    </Page>
  );
}

function useGroups(): { title: string; rows: Row[] }[] {
  const t = useWords();
  const { state } = useSettings();
  const info = useQuery({ queryKey: ['app.info'], queryFn: () => berth.app.info() }).data;
  const openDoctor = useDoctor();
  if (!state) return [];

  const choice = (key: ChoiceKey, options: readonly { value: string; label: string }[]): Row => ({
    key,
    words: `${t(key)} ${options.map((it) => it.label).join(' ')}`,
    row: <ChoiceSetting state={state} name={key} options={options} />,
  });
  const number = (key: NumberKey, min: number, max: number): Row => ({
    key,
    words: `${t(key)} ${t(`${key}.unit`)}`,
    row: <NumberSetting state={state} name={key} min={min} max={max} />,
  });
  const fact = (
    key: 'dataDir' | 'settingsFile' | 'logFile' | 'secrets' | 'version',
    value: string,
    path: boolean,
  ): Row => ({
    key,
    words: `${t(key)} ${value}`,
    row: (
      <div className={style.row}>
        <span className={style.label}>{t(key)}</span>
        <span className={`${style.value} ${path ? 'mono' : ''}`}>{value}</span>
        {path && <CopyButton text={value} label={t('copyPath', { what: t(key) })} />}
      </div>
    ),
  });
  const examine = (open: (target: null) => void): Row => ({
    key: 'doctor',
    words: `${t('doctor')} ${t('doctor.open')}`,
    row: (
      <div className={style.row}>
        <span className={style.label}>{t('doctor')}</span>
        <Button variant="default" size="compact-md" onClick={() => open(null)}>
          {t('doctor.open')}
        </Button>
      </div>
    ),
  });
  const secrets = info?.secrets;
  const kept =
    secrets && t(secrets.kind === 'os' ? 'secrets.os' : secrets.chosen ? 'secrets.chosen' : 'secrets.memory');

  return [
    {
      title: t('group.look'),
      rows: [
        choice('theme', [
          { value: 'system', label: t('theme.system') },
          { value: 'light', label: t('theme.light') },
          { value: 'dark', label: t('theme.dark') },
        ]),
        choice('language', [
          { value: 'system', label: t('language.system') },
          { value: 'en', label: t('language.en') },
          { value: 'ko', label: t('language.ko') },
        ]),
        choice('density', [
          { value: 'comfortable', label: t('density.comfortable') },
          { value: 'compact', label: t('density.compact') },
        ]),
      ],
    },
    {
      title: t('group.links'),
      rows: [...(openDoctor ? [examine(openDoctor)] : []), number('linkIdleMinutes', 1, 1440)],
    },
    {
      title: t('group.notices'),
      rows: [
        number('noticeMinutes', 0, 1440),
        number('noticeAgainMinutes', 0, 1440),
        { key: 'noticesBy', words: t('noticesBy'), row: <NoticesRow /> },
      ],
    },
    {
      title: t('group.logs'),
      rows: [
        number('keptLogsMiB', 0, 102_400),
        { key: 'keptLogs', words: `${t('keptLogs')} ${t('keptLogs.clear')}`, row: <KeptLogsRow /> },
      ],
    },
    {
      title: t('group.terminal'),
      rows: [
        choice('terminalTheme', [
          { value: 'app', label: t('terminalTheme.app') },
          { value: 'light', label: t('theme.light') },
          { value: 'dark', label: t('theme.dark') },
          { value: 'contrast', label: t('terminalTheme.contrast') },
        ]),
        number('terminalFontSize', 8, 32),
        number('terminalScrollback', 100, 200_000),
        choice('terminalBell', [
          { value: 'visual', label: t('terminalBell.visual') },
          { value: 'sound', label: t('terminalBell.sound') },
          { value: 'off', label: t('off') },
        ]),
        choice('terminalPasteAsks', [
          { value: 'on', label: t('on') },
          { value: 'off', label: t('off') },
        ]),
        choice('terminalCopies', [
          { value: 'on', label: t('on') },
          { value: 'off', label: t('off') },
        ]),
      ],
    },
    {
      title: t('group.place'),
      rows: info
        ? [
            fact('dataDir', info.dataDir, true),
            fact('settingsFile', info.settingsFile, true),
            fact('logFile', info.logFile, true),
            fact('secrets', secrets?.detail ? `${kept} (${secrets.detail})` : (kept ?? ''), false),
            fact(
              'version',
              t('version.text', { version: info.version, host: t(`host.${info.host}`), platform: info.platform }),
              false,
            ),
          ]
        : [],
    },
  ];
}
