/** English words of the Ports page. */
export const en = {
  title: 'Ports',
  loading: 'Looking which connections are open…',
  intro:
    'One connection a session carries its terminals and apps. Nothing of a session can be reached by other programs on this computer.',
  'column.session': 'Session',
  'column.state': 'Connection',
  'column.terminals': 'Terminals',
  'column.apps': 'Apps',
  'column.traffic': 'Received / sent',
  'column.controls': 'Controls',
  look: 'Look at it…',
  chooseKey: 'Choose a key…',
  none: 'none',
  empty: 'No connections',
  'empty.text': 'When you open a terminal or an app, its session’s connection appears here with its state.',
} as const;
