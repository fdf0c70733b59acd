/** English words of ending sessions. */
export const en = {
  title: 'Terminate {{name}}?',
  'title.many': 'Terminate {{n}} sessions?',
  'title.forced': 'Force terminate {{name}}?',
  'title.forced.many': 'Force terminate {{n}} sessions?',
  do: 'Terminate',
  cancel: 'Cancel',
  kept: 'Files in mounted folders stay: {{folders}}.',
  lost: 'Files outside mounted folders are lost, and running programs are stopped.',
  allLost: 'No folder is mounted. Every file in this session is lost, and running programs are stopped.',
  waiting: 'It has not started yet, so nothing is lost.',
  forced:
    'The site gives it up whatever state it is in. Use this only when nothing has moved for very long; containers may be left behind that an administrator has to clean up.',
} as const;
