/**
 * A scheduled report as a message for a chat: the JSON that incoming webhooks of Slack take, and those that do as Slack
 * does (Mattermost, Rocket.Chat and others take its `text`). Limits are Slack's. Pure.
 */
import { figuresOf, shownRow } from './figures.ts';
import { datesOfReport, notesOf, type ReportText, titleOf } from './report-mail.ts';
import { WORDS } from './words.ts';

/** https://docs.slack.dev/reference/block-kit/blocks: of a header, and of a section. */
const HEADER_LENGTH_MAX = 150;
const TEXT_LENGTH_MAX = 3_000;
const ROWS_SHOWN = 5;

export interface ChatMessage {
  /** What a notification shows, and a chat that knows no blocks. */
  text: string;
  blocks: object[];
}

export function chatMessage(of: ReportText): ChatMessage {
  const { language, report, before, url } = of;
  const heading = `${titleOf(of)}, ${datesOfReport(report, language)}`;
  const figures = figuresOf(report, before, language).map(
    ({ title: name, value, change }) =>
      `${plain(name)}: *${plain(value)}*${change === '' ? '' : ` (${plain(change)})`}`,
  );
  const rows = report.rows
    .slice(0, ROWS_SHOWN)
    .map((row) => `• ${plain(row.name)}: ${shownRow(report.columns, row, language).map(plain).join(', ')}`);
  const sections = [figures, rows].filter((lines) => lines.length > 0);
  const note = [
    ...notesOf(of).map(plain),
    ...(url === undefined ? [] : [`<${plain(url)}|${plain(WORDS[language].see)}>`]),
  ];
  return {
    text: [plain(heading), ...figures].join('\n').slice(0, TEXT_LENGTH_MAX),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: heading.slice(0, HEADER_LENGTH_MAX) } },
      ...sections.map((lines) => ({
        type: 'section',
        text: { type: 'mrkdwn', text: lines.join('\n').slice(0, TEXT_LENGTH_MAX) },
      })),
      { type: 'context', elements: [{ type: 'mrkdwn', text: note.join(' ').slice(0, TEXT_LENGTH_MAX) }] },
    ],
  };
}

/** What begins an entity, a mention or a link in Slack's text. */
const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
