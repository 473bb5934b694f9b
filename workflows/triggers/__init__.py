"""What starts workflows without anybody there: schedules, webhooks and forms. They run what is published."""
