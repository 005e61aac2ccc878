"""The plain bot of the comparison: python-telegram-bot's own polling and handlers, the same echo."""

import os


def run(token: str, base_url: str) -> None:
    """Answer until SIGTERM."""
    os.environ["PTB_TIMEDELTA"] = "true"
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.effective_message is not None:
            await update.effective_message.reply_text(f"1:{update.effective_message.text}")

    builder = Application.builder().token(token).base_url(base_url).concurrent_updates(50).connection_pool_size(64)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()
