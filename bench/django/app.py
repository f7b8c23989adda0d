# SPDX-License-Identifier: Apache-2.0
"""The smallest Django that does what a dashboard does, for bench/web.py to compare with: session login, a
page of the accounts that a person follows with a CSRF form in each row, and a Channels group of sockets.
app.py DATABASE makes the data and prints the session's key; served by: uvicorn app:application."""
import os
import sys

import django
from django.conf import settings

HERE = os.path.dirname(os.path.abspath(__file__))
settings.configure(
    DEBUG=False, SECRET_KEY="of the bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="app", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BENCH_DATABASE"]}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.middleware.clickjacking.XFrameOptionsMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE],
                "OPTIONS": {"context_processors": ["django.template.context_processors.request",
                                                   "django.contrib.auth.context_processors.auth"]}}],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
django.setup()

from asgiref.sync import async_to_sync  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Account(models.Model):
    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    username = models.CharField(max_length=100)
    status = models.CharField(max_length=20)
    url = models.URLField()
    checked_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "auth"


@login_required(login_url="/login")
def dashboard(request):
    return render(request, "dashboard.html", {"accounts": Account.objects.filter(owner=request.user)[:50]})


async def broadcast(request):
    message = {"type": "tell", "text": '{"seq":%d}' % int(request.GET["seq"])}
    await get_channel_layer().group_send("lives", message)
    return HttpResponse(status=202)


class Events(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("lives", self.channel_name)
        await self.accept()

    async def tell(self, event):
        await self.send(text_data=event["text"])


urlpatterns = [path("", dashboard), path("broadcast", broadcast)]
application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": URLRouter([path("events", Events.as_asgi())])})


def make_data():
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    call_command("migrate", verbosity=0, run_syncdb=True)
    with connection.schema_editor() as editor:
        if Account._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Account)
    owner = User.objects.create_user("bench", password="une phrase de passe")
    Account.objects.bulk_create(
        Account(owner=owner, username=f"compte_{i}", status="offline", url=f"https://www.tiktok.com/@compte_{i}")
        for i in range(50))
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    print(session.session_key)


if __name__ == "__main__":
    sys.modules["app"] = sys.modules["__main__"]
    make_data()
