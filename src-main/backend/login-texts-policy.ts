/**
 * What a refused sign-in means where the wire tells it by words alone: releases before 25.9 have no type for a second
 * factor, and one type for three refusals of an account (API reference, section 2.3). These texts are part of that wire;
 * nothing else in Berth reads an answer's words.
 */
export type LoginText =
  | 'code-wanted'
  | 'code-wrong'
  | 'enrolment-wanted'
  | 'password-expired'
  | 'unverified'
  | 'no-keypair'
  | 'other';

const texts: readonly (readonly [LoginText, string])[] = [
  ['code-wanted', 'You must authenticate using Two-Factor Authentication.'],
  ['code-wanted', 'OTP not provided'],
  ['code-wrong', 'Invalid TOTP code provided'],
  ['code-wrong', 'Failed to validate OTP'],
  ['enrolment-wanted', 'You must register Two-Factor Authentication.'],
  ['password-expired', 'Password expired on '],
  ['unverified', 'This account needs email verification'],
  ['no-keypair', 'No API keypairs found'],
];

/** @param details the refusal's own words: `details` of a webserver, `msg` of a manager */
export function readLoginText(details: string): LoginText {
  return texts.find(([, text]) => details.includes(text))?.[0] ?? 'other';
}
